import CoreDeploy
import FleetRuntime
import NIOSSL

extension CoreServerConfiguration {
    /// - Returns: who has the last word on orders to ships; `nil` for nobody else.
    static func policyServer(_ reader: ConfigurationReader) -> PolicyServerClient? {
        let section = reader.section("policy_server")
        let url = section.parsed(
            "url",
            default: "",
            expected: "a URL of OPA's data API by https, or by http on this machine"
        ) { PolicyServer.isSafe($0) ? $0 : nil }
        let token = section.secretFile("token_file")
        let authorityFile = section.optionalPath("ca_file")
        if let authorityFile,
            (try? NIOSSLCertificate.fromPEMFile(authorityFile).isEmpty) != false
        {
            section.report("ca_file", "names no file with a certificate in PEM")
        }
        let seconds = section.int("timeout_seconds", default: 2, range: 1...10)
        guard let url, !url.isEmpty else {
            if token != nil || authorityFile != nil {
                section.report("url", "is needed beside token_file and ca_file")
            }
            return nil
        }
        return PolicyServerClient(
            url: url,
            token: token,
            authorityFile: authorityFile,
            limit: .seconds(seconds)
        )
    }
}
