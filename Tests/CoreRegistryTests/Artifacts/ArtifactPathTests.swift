import CoreRegistry
import Testing

/// What may be a path, and what would be another one for whoever makes a file of it.
struct ArtifactPathTests {
    @Test(
        arguments: [
            "", "/", "/etc/passwd", "..", "../x", "a/..", "a/../b", "a/./b", "a//b", "%2fetc",
            "%252fetc", "..%2f..", "%2e%2e/x", "%252e%252e/x", "a/%2e%2e/b", "a\\b", "a%5cb",
            "C:/x", "c%3a/x", "a:b", "a#b", "a%23b", "a\u{0}b", "a%00b", "a\nb", "a%0ab",
            "a\u{7F}b",
            "%25252525252525252525252e", "a/\u{202E}b", "a\u{85}b", "./a", "a/.", "//host/x",
            String(repeating: "a", count: 256),
            String(repeating: "a/", count: 500) + "b",
        ]
    )
    func `a path that leads elsewhere is refused, however it is encoded`(_ text: String) {
        #expect(throws: RegistryError.self) { try ArtifactPath(text) }
        #expect(throws: RegistryError.self) { try ArtifactPath(encoded: text) }
    }

    @Test(
        arguments: [
            "a", "a/b.txt", "100%", "100%zz", "b c+ü.bin", "a..b", "...", "a/..b", ".hidden",
            "日本語/モデル", "ab:c/d", "$(x)", "'; DROP TABLE x; --", "MLmodel",
            String(repeating: "a", count: 255),
        ]
    )
    func `a path that is odd but leads nowhere else is taken as it is`(_ text: String) throws {
        #expect(try ArtifactPath(text).text == text)
    }

    @Test func `a URL is decoded once, and a slash at the end is no matter`() throws {
        #expect(try ArtifactPath(encoded: "b%20c%2B%C3%BC.bin").text == "b c+ü.bin")
        #expect(try ArtifactPath(encoded: "b+c").text == "b+c")
        #expect(try ArtifactPath("a/b/").text == "a/b")
        #expect(throws: RegistryError.self) { try ArtifactPath(encoded: "a%ffb") }
    }

    @Test func `URIs of this server's store have paths, and others none`() throws {
        #expect(try ArtifactPath.of(uri: "mlflow-artifacts:/1/x")?.text == "1/x")
        #expect(try ArtifactPath.of(uri: "mlflow-artifacts:///1/x")?.text == "1/x")
        #expect(try ArtifactPath.of(uri: "mlflow-artifacts://host:80/1/x")?.text == "1/x")
        #expect(try ArtifactPath.of(uri: "mlflow-artifacts:/")?.isRoot == true)
        #expect(try ArtifactPath.of(uri: "s3://bucket/x") == nil)
        #expect(throws: RegistryError.self) {
            try ArtifactPath.of(uri: "mlflow-artifacts:/1/../2")
        }
    }
}
