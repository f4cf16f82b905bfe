import CoreRegistry
import Testing

/// URLs that two readers could read in two ways are none.
struct WebhookTargetTests {
    @Test func `a URL is taken apart, and put together as it will be asked for`() throws {
        let target = try WebhookTarget("HTTPS://Hooks.Example.COM./a/b?c=d%20e")
        #expect(target.host == "hooks.example.com")
        #expect(target.url == "https://hooks.example.com:443/a/b?c=d%20e")
        #expect(
            try WebhookTarget("https://[2606:4700::1]:8443").url == "https://[2606:4700::1]:8443/"
        )
        #expect(try WebhookTarget("http://a.b?x").url == "http://a.b:80/?x")
    }

    @Test(
        arguments: [
            "", "hooks.example.com", "ftp://a.b/", "file:///etc/passwd", "https://", "https:///x",
            "https://user@a.b/", "https://a.b@127.0.0.1/", "https://a.b:0/", "https://a.b:65536/",
            "https://a.b:/", "https://a.b:80:80/", "https://a.b/#x", "https://a.b\\@c.d/",
            "https://a.b/\r\nHost: x", "https://a b/", "https://[::1/", "https://[::1]x/",
            "https://[127.0.0.1]/", "https://[fe80::1%25lo]/", "https://a..b/", "https://ä.b/",
            "https://a_b/", "https://%61.b/", "https://a.b/ä",
        ]
    )
    func `what is not plainly a host and a path is refused`(_ url: String) {
        #expect(throws: RegistryError.self) { try WebhookTarget(url) }
    }

    @Test(arguments: [
        "", "a b", "10.0.0.0/33", "10.0.0/8", "https://a.b", "a.b/c", "user@a.b", "*",
    ])
    func `a list with what is neither a host nor a block is refused`(_ entry: String) {
        #expect(WebhookTargets([entry]) == nil)
    }

    @Test func `hosts, ports and blocks can be listed`() {
        #expect(
            WebhookTargets(["a.b", "a.b:8443", "10.0.0.0/8", "[::1]:99", "http://c.d:80"]) != nil
        )
    }
}
