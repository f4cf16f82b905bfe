import CoreRegistry
import FleetRuntime
import NIOSSL

extension CoreServerConfiguration {
    /// Where webhooks may go.
    struct Webhooks: Sendable {
        var targets = WebhookTargets()
        var authorityFile: String?

        init() {}

        init(_ reader: ConfigurationReader) {
            let section = reader.section("webhooks")
            let list = section.strings("allow")
            if let targets = WebhookTargets(list) {
                self.targets = targets
            } else {
                section.report(
                    "allow",
                    "is a list of host, host:port or 10.1.0.0/16, each perhaps behind http://"
                )
            }
            authorityFile = section.optionalPath("ca_file")
            if let authorityFile,
                (try? NIOSSLCertificate.fromPEMFile(authorityFile).isEmpty) != false
            {
                section.report("ca_file", "names no file with a certificate in PEM")
            }
        }
    }
}
