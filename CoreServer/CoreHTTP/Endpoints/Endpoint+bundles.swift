import CoreDomain
import CoreRegistry
import HTTPTypes

/// Bundles: trees of files that are versioned like models.
extension Endpoint {
    private static let bundleInPath = inPath("bundle", .text, "the bundle's name")

    static let listBundles = list(
        "listBundles",
        "bundles",
        .tenant(.modelsRead),
        tag: "registry",
        "Bundles, by name",
        of: .bundle
    )
    static let createBundle = create(
        "createBundle",
        "bundles",
        .tenant(.modelsWrite),
        tag: "registry",
        "Make a bundle, whose versions are checked against a schema",
        body: .object([("name", .text)] + Schema.bundleMembers, required: ["name"]),
        answer: .bundle
    )
    static let getBundle = read(
        "getBundle",
        "bundles/{bundle}",
        .tenant(.modelsRead),
        tag: "registry",
        "One bundle",
        answer: .bundle,
        [bundleInPath]
    )
    static let patchBundle = change(
        "patchBundle",
        "bundles/{bundle}",
        .tenant(.gatesWrite),
        tag: "registry",
        "Give a bundle another schema, for versions to come",
        body: .object(Schema.bundleMembers, required: []),
        answer: .bundle,
        [bundleInPath]
    )
    static let createBundleVersion = Endpoint(
        operation: "createBundleVersion",
        method: .post,
        path: "bundles/{bundle}/versions",
        access: .tenant(.modelsWrite),
        tag: "registry",
        summary: "Make a version of files that were uploaded below mlflow-artifacts:/bundles/",
        parameters: [bundleInPath],
        body: [
            (
                "application/json",
                .object(
                    [
                        ("source", .text), ("description", .string(atMost: 5000)),
                        ("tags", .map(.text, atMost: 1000)),
                    ],
                    required: ["source"]
                )
            )
        ],
        answers: [
            Answer(
                status: 201,
                meaning: "it is made, and signed",
                content: [
                    (
                        "application/json",
                        .record([
                            ("bundle", .text), ("version", .integer()),
                            ("storage_location", .text),
                        ])
                    )
                ]
            )
        ],
        problems: [404, 409, 422]
    )
    static let uploadBundleVersion = Endpoint(
        operation: "uploadBundleVersion",
        method: .post,
        path: "bundles/{bundle}/tar",
        access: .tenant(.modelsWrite),
        tag: "registry",
        summary: "Make a version of the files of a tar; a longer one than 64 KiB goes without "
            + "Idempotency-Key",
        parameters: [
            bundleInPath, .query("description", .string(atMost: 5000), "of the version"),
        ],
        body: [("application/x-tar", .string(format: "binary"))],
        answers: createBundleVersion.answers,
        problems: [404, 409, 422]
    )
    static let getBundleFile = Endpoint(
        operation: "getBundleFile",
        method: .get,
        path: "bundles/{bundle}/versions/{version}/file",
        access: .tenant(.modelsRead),
        tag: "registry",
        summary: "One file of a version, whole or in part",
        parameters: [
            bundleInPath, inPath("version", .integer(atLeast: 1), "its number"),
            .query("path", .text, required: true, "as the manifest names it"),
        ],
        answers: [
            Answer(
                status: 200,
                meaning: "its bytes",
                content: [("application/octet-stream", .string(format: "binary"))]
            )
        ],
        problems: [404, 416]
    )
}

extension Schema {
    static let bundleMembers: [(name: String, schema: Schema)] = [
        ("description", .string(atMost: 5000)), ("schema", .any),
        ("schema_files", .string(atMost: 500)),
    ]

    static let bundle = Schema.object(
        [("name", .text)] + bundleMembers
            + [("versions", .integer(atLeast: 0)), ("created_at", .moment), ("version", .version)],
        required: ["name", "description", "schema_files", "versions", "created_at", "version"]
    )
}
