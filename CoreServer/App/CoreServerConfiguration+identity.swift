import CoreDomain
import FleetRuntime
import NIOSSL

extension CoreServerConfiguration {
    /// Who vouches for people, beside this server's own passwords.
    struct Identity: Sendable {
        var publicURL = ""
        var providers: [OIDCProvider] = []

        init() {}

        init(_ reader: ConfigurationReader) {
            publicURL =
                reader.parsed(
                    "public_url",
                    isRequired: false,
                    expected: "a URL that begins with https://, without a path"
                ) { text in
                    let url = text.hasSuffix("/") ? String(text.dropLast()) : text
                    let host = url.dropFirst("https://".count)
                    return url.hasPrefix("https://") && !host.isEmpty && !host.contains("/")
                        ? url : nil
                } ?? ""
            providers = reader.sections("oidc").map { Self.provider($0) }
            if !providers.isEmpty && publicURL.isEmpty {
                reader.report("public_url", "is needed: providers send browsers back to it")
            }
            if Set(providers.map(\.name)).count < providers.count {
                reader.report("oidc", "has two providers of one name")
            }
        }

        private static func provider(_ section: ConfigurationReader) -> OIDCProvider {
            let name =
                section.parsed("name", expected: "1 to 63 of a-z, 0-9 and hyphens") {
                    (try? Slug.check($0, what: "provider")) == nil ? nil : $0
                } ?? ""
            let tenant = section.optionalString("tenant")
            let claim = section.optionalString("organisation_claim")
            if (tenant == nil) == (claim == nil) {
                section.report("tenant", "or organisation_claim is needed, and not both")
            }
            var roles: [String: Role] = [:]
            for (word, text) in section.map("roles") {
                if let role = Role(rawValue: text) {
                    roles[word] = role
                } else {
                    section.report(
                        "roles",
                        "maps \(word) to no role: viewer, operator, reviewer or admin"
                    )
                }
            }
            let authorityFile = section.optionalPath("ca_file")
            if let authorityFile,
                (try? NIOSSLCertificate.fromPEMFile(authorityFile).isEmpty) != false
            {
                section.report("ca_file", "names no file with a certificate in PEM")
            }
            let provider = OIDCProvider(
                name: name,
                label: section.string("label", default: name),
                issuer: section.string("issuer"),
                clientID: section.string("client_id"),
                clientSecret: section.secretFile("client_secret_file"),
                realm: tenant.map { .tenant($0) } ?? .claim(claim ?? ""),
                rolesClaim: section.string("roles_claim"),
                roles: roles,
                scopes: section.strings("scopes"),
                audience: section.optionalString("audience"),
                authorityFile: authorityFile
            )
            do throws(DomainError) {
                try provider.check()
            } catch {
                section.report("issuer", "is not in order: \(error)")
            }
            return provider
        }
    }
}
