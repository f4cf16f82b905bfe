import FleetDeploy
import FleetTestSupport
import Glibc
import Testing

/// What a released shore signed, a ship of any later version reads: it may have lain on a stick for a year.
@Suite(.serialized)
struct GoldenDirectiveTests {
    @Test(arguments: DirectiveSamples.named.indices)
    func `yesterday's directive is read and written today`(index: Int) throws {
        let (name, directive) = DirectiveSamples.named[index]
        let path = Fixtures.path("Directives/v1/\(name).bin")
        if access(path, F_OK) != 0 {
            try #require(getenv("UPDATE_GOLDEN") != nil, "\(path) is missing")
            let file = try #require(fopen(path, "wb"))
            defer { fclose(file) }
            #expect(fwrite(directive.encoded, 1, directive.encoded.count, file) > 0)
        }
        let file = try #require(fopen(path, "rb"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Directive.encodedLimit)
        let golden = Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
        #expect(try Directive(encoded: golden) == directive)
        #expect(directive.encoded == golden)
    }
}
