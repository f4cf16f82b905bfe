import CoreRegistry
import FleetRuntime
import Glibc

extension CoreServerConfiguration {
    /// Where artifacts' bytes are.
    struct ArtifactStorage: Sendable {
        /// nil for the disk of this machine.
        var bucket: S3Place?
        var credentials: S3Credentials?

        init() {}

        init(_ reader: ConfigurationReader) {
            let section = reader.section("artifacts")
            let url = section.parsed(
                "url",
                default: "disk",
                expected: "disk, or s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&region=REGION"
            ) { $0 == "disk" || S3Place($0) != nil ? $0 : nil }
            bucket = url.flatMap { S3Place($0) }
            let access = section.secretFile("access_key_file")
            let secret = section.secretFile("secret_key_file")
            guard bucket != nil else {
                if access != nil || secret != nil {
                    section.report("url", "names no bucket, but there are keys for one")
                }
                return
            }
            if let access, let secret {
                credentials = S3Credentials(
                    accessKey: access.reveal(),
                    secretKey: secret,
                    sessionToken: nil
                )
            } else if access == nil, secret == nil,
                let access = Self.environment("AWS_ACCESS_KEY_ID"),
                let secret = Self.environment("AWS_SECRET_ACCESS_KEY")
            {
                credentials = S3Credentials(
                    accessKey: access,
                    secretKey: Secret(secret),
                    sessionToken: Self.environment("AWS_SESSION_TOKEN").map { Secret($0) }
                )
            } else {
                section.report(
                    "access_key_file",
                    "and secret_key_file are needed, or AWS_ACCESS_KEY_ID and "
                        + "AWS_SECRET_ACCESS_KEY in the environment"
                )
            }
        }

        private static func environment(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }

        /// - Parameter transport: needed for a bucket.
        func store(
            data: String,
            transport: (any S3Transport)?,
            clock: WallClock
        ) throws -> any BlobStore {
            guard let bucket, let credentials, let transport else {
                return try DiskBlobStore(folder: data + "/artifacts")
            }
            return try S3BlobStore(
                bucket,
                credentials: credentials,
                transport: transport,
                spool: data + "/artifacts-spool",
                clock: clock
            )
        }
    }
}
