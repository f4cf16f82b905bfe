import FleetModel
import FleetRuntime
import Logging
import Synchronization
import Testing

@Suite struct LineLogHandlerTests {
    @Test func `the call's metadata beat the handler's, and an error is described`() {
        let lines = LogLines()
        var logger = lines.logger("test")
        logger[metadataKey: "ship"] = "aurora"
        logger[metadataKey: "lane"] = "events"

        logger.error(
            "failed",
            error: FileError("open", "/x", reason: "it is gone"),
            metadata: ["lane": "logs"]
        )

        #expect(
            lines.all == [
                "1970-01-01T00:00:00.000Z error [test] failed"
                    + #" error="cannot open /x: it is gone" lane=logs ship=aurora"#
            ]
        )
    }

    @Test func `what is below the level is not written`() {
        let lines = LogLines()
        var logger = lines.logger("test")
        logger.logLevel = .warning

        logger.info("quiet")
        logger.warning("loud")

        #expect(lines.all.count == 1)
    }

    @Test func `lines of many threads stay whole`() async {
        let lines = LogLines()
        let logger = lines.logger("test")

        await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask { for _ in 0..<100 { logger.info("\(number)") } }
            }
        }

        #expect(lines.all.count == 800)
    }
}
