import FleetTestSupport
import ShipDomain
import Testing

struct NMEASentenceTests {
    @Test func `sentences of any talker are read, with a tag block or without`() throws {
        let plain = try #require(
            NMEASentence("$GPGLL,4916.45,N,12311.12,W,225444,A,*1D".utf8)
        )
        #expect(plain.kind == "GLL")
        #expect(plain.fields.first == "4916.45")
        let tagged = NMEALine.tagged("GNHDT,274.07,T")
        #expect(NMEASentence(tagged.utf8)?.kind == "HDT")
        #expect(NMEASentence(NMEALine.make("IIVTG,1").utf8)?.kind == "VTG")
    }

    @Test(arguments: [
        "", "$", "$*00", "GPGLL,1*00", "$GPGLL,4916.45,N,12311.12,W,225444,A,*1E",
        "$GPGLL,4916.45,N,12311.12,W,225444,A,", "$GPGLL,4916.45,N*", "$GPGLL,4916.45,N*1",
        "\\s:x", "!AIVDM,1,1,,A,13aEOK?P00PD2wVMdLDRhgvL289?,0*26",
    ])
    func `what is damaged or no sentence is refused`(line: String) {
        #expect(NMEASentence(line.utf8) == nil)
    }

    @Test func `lines are found however the stream is cut, and too long ones passed over`() {
        let stream = "$A*1\r\n\r\n$B*2\n" + String(repeating: "x", count: 1000) + "\r\n$C*3\r\n$D"
        for size in 1...9 {
            var lines = NMEALines()
            var found: [String] = []
            var rest = Array(stream.utf8)[...]
            while !rest.isEmpty {
                found += lines.feed(rest.prefix(size)).map { String(decoding: $0, as: UTF8.self) }
                rest = rest.dropFirst(size)
            }
            if let last = lines.end() { found.append(String(decoding: last, as: UTF8.self)) }
            #expect(found == ["$A*1", "$B*2", "$C*3", "$D"])
        }
    }
}
