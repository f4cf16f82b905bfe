import CoreDomain
import CoreRegistry

/// What there is in the registry, to look through.
extension Endpoint {
    private static let modelInPath = inPath(
        "model",
        .text,
        "the registered model's or bundle's name"
    )

    static let listModels = list(
        "listModels",
        "models",
        .tenant(.modelsRead),
        tag: "registry",
        "Models, bundles and prompts, by name",
        of: .model,
        [
            .query("prefix", .text, "whose names begin with it"),
            .query(
                "kind",
                .word(ModelSummary.Kind.allCases.map(\.rawValue)),
                "those alone that are so"
            ), .query("alias", .text, "that have it"),
        ]
    )
    static let getModel = read(
        "getModel",
        "models/{model}",
        .tenant(.modelsRead),
        tag: "registry",
        "One model, with its aliases and stages",
        answer: .model,
        [modelInPath]
    )
    static let listModelVersions = list(
        "listModelVersions",
        "models/{model}/versions",
        .tenant(.modelsRead),
        tag: "registry",
        "Versions of a model, the newest first",
        of: .modelVersion,
        [
            modelInPath,
            .query("stage", .word(ModelStage.allCases.map(\.word)), "those alone that are in it"),
        ],
        problems: [404]
    )
    static let getModelVersion = read(
        "getModelVersion",
        "models/{model}/versions/{version}",
        .tenant(.modelsRead),
        tag: "registry",
        "One version of a model",
        answer: .modelVersion,
        [modelInPath, inPath("version", .integer(atLeast: 1), "its number")]
    )
    static let listModelAliases = list(
        "listModelAliases",
        "models/{model}/aliases",
        .tenant(.modelsRead),
        tag: "registry",
        "Aliases of a model, with the gates before each",
        of: .record([("alias", .text), ("version", .integer()), ("gates", .array(.text))]),
        [modelInPath],
        problems: [404]
    )
}

extension Schema {
    static let model = Schema.object(
        [
            ("name", .text), ("kind", .word(ModelSummary.Kind.allCases.map(\.rawValue))),
            ("description", .text), ("tags", .map(.text)), ("aliases", .map(.integer())),
            ("stages", .map(.integer())), ("last_version", .integer()),
            ("created_at", .moment), ("updated_at", .moment),
        ],
        required: [
            "name", "kind", "description", "tags", "aliases", "stages", "last_version",
            "created_at", "updated_at",
        ]
    )

    static let modelVersion = Schema.object(
        [
            ("model", .text), ("version", .integer()),
            ("stage", .word(ModelStage.allCases.map(\.word))), ("aliases", .array(.text)),
            ("description", .text), ("tags", .map(.text)), ("source", .text),
            ("storage_location", .text), ("run_id", .text), ("model_id", .text),
            ("created_by", .text), ("created_at", .moment), ("updated_at", .moment),
        ],
        required: [
            "model", "version", "stage", "aliases", "description", "tags", "source",
            "storage_location", "created_by", "created_at", "updated_at",
        ]
    )
}
