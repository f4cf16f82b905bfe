import CoreRegistry
import Testing

/// Which addresses are the world's, and which this machine's own networks'.
struct NetworkAddressTests {
    @Test(
        arguments: [
            "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1",
            "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
            "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.7", "224.0.0.1",
            "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
            "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
            "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1",
            "3fff::1", "fec0::1", "100::1", "5f00::1",
        ]
    )
    func `an address within is not public`(_ text: String) throws {
        #expect(try !#require(NetworkAddress(text)).isPublic)
    }

    @Test(
        arguments: [
            "8.8.8.8", "1.1.1.1", "11.0.0.1", "172.15.255.255", "172.32.0.1", "100.63.255.255",
            "100.128.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
            "2a00:1450::1", "2001:4860:4860::8888",
        ]
    )
    func `an address of the world is public`(_ text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic)
    }

    @Test(arguments: [
        "", "127.1", "2130706433", "0x7f.0.0.1", "fe80::1%lo", "[::1]", "a.b", "1.2.3.4 ",
    ])
    func `what is no address in full is none`(_ text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}
