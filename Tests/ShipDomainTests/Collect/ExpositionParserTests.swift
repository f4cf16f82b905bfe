import FleetModel
import ShipDomain
import Testing

@Suite struct ExpositionParserTests {
    @Test(arguments: [
        ("a 1", "a"),
        ("a 1\n", "a"),
        ("\n\n  \t\na 1\n\n", "a"),
        ("  \ta 1\n", "a"),
        ("a\t1\n", "a"),
        ("a  1 \t\n", "a"),
        ("_:aZ09 1\n", "_:aZ09"),
        (":a 1\n", ":a"),
        ("a{} 1\n", "a{}"),
        ("a{b=\"c\"} 1\n", "a{b=\"c\"}"),
        ("a{b=\"c\",} 1\n", "a{b=\"c\",}"),
        ("a{b=\"c\"}1\n", "a{b=\"c\"}"),
        ("a {b=\"c\"} 1\n", "a {b=\"c\"}"),
        ("a { b = \"c\" , d=\"e\" } 1\n", "a { b = \"c\" , d=\"e\" }"),
        ("a{b=\"c\" d=\"e\"} 1\n", "a{b=\"c\" d=\"e\"}"),
        ("a{b=\"}\"} 1\n", "a{b=\"}\"}"),
        ("a{b=\"\\\"}\"} 1\n", "a{b=\"\\\"}\"}"),
        ("a{b=\"\\\\\"} 1\n", "a{b=\"\\\\\"}"),
        ("a{b=\"# HELP\"} 1\n", "a{b=\"# HELP\"}"),
        ("a{b=\"été 🚢\"} 1\n", "a{b=\"été 🚢\"}"),
        ("{\"my.metric\"} 1\n", "{\"my.metric\"}"),
        ("{\"my.metric\",\"my.label\"=\"b\"} 1\n", "{\"my.metric\",\"my.label\"=\"b\"}"),
        ("{a=\"b\",\"my.metric\"} 1\n", "{a=\"b\",\"my.metric\"}"),
        ("a{\"b c\"=\"d\"} 1\n", "a{\"b c\"=\"d\"}"),
        ("NaN 1\n", "NaN"),
        ("#\n# \n#a\n# HELPa\n# HELP\n#HELP a\n# a comment\r\na 1\n", "a"),
        ("# HELP a\n# HELP a b\\nc\n# TYPE a gauge\n# EOF\na 1\n", "a"),
        ("#TYPE a nonsense\n#\tTYPE  \ta gauge\na 1\n", "a"),
    ])
    func `the form of a line that Prometheus takes is taken`(text: String, series: String) throws {
        let samples = try ParsedExposition(text).samples
        #expect(samples.map(\.series) == [series])
        #expect(samples.map(\.value) == [1])
    }

    @Test(arguments: [
        ("a\n", "line 1: the value is missing or not a decimal number"),
        ("a", "line 1: the value is missing or not a decimal number"),
        ("a 1\nb x\n", "line 2: the value is missing or not a decimal number"),
        ("a 1\n\n# TYPE b gauge\nb 1 2 3\n", "line 4: something follows the sample on its line"),
        ("1a 1\n", "line 1: a line starts with a metric's name, '{' or '#'"),
        ("é 1\n", "line 1: a line starts with a metric's name, '{' or '#'"),
        ("\u{0}a 1\n", "line 1: a line starts with a metric's name, '{' or '#'"),
        ("a.b 1\n", "line 1: the value is missing or not a decimal number"),
        ("{} 1\n", "line 1: the series has no metric name"),
        ("{\"\"} 1\n", "line 1: the series has no metric name"),
        ("{a=\"b\"} 1\n", "line 1: the series has no metric name"),
        ("a{\"b\"} 1\n", "line 1: the series has two metric names"),
        ("{\"a\",\"b\"} 1\n", "line 1: the series has two metric names"),
        ("a{} {} 1\n", "line 1: the value is missing or not a decimal number"),
        ("a{,} 1\n", "line 1: a label's name is missing or has a character that it can't have"),
        (
            "a{b=\"c\",,} 1\n",
            "line 1: a label's name is missing or has a character that it can't have"
        ),
        (
            "a{1=\"c\"} 1\n",
            "line 1: a label's name is missing or has a character that it can't have"
        ),
        ("a{b:c=\"d\"} 1\n", "line 1: a label's name is followed by '='"),
        ("a{b} 1\n", "line 1: a label's name is followed by '='"),
        ("a{b=c} 1\n", "line 1: a label's value is in quotation marks"),
        ("a{b='c'} 1\n", "line 1: a label's value is in quotation marks"),
        ("a{b=\"c 1\n", "line 1: a quotation mark has no partner on its line"),
        ("a{b=\"c\n\"} 1\n", "line 1: a quotation mark has no partner on its line"),
        ("a{b=\"c\\\n\"} 1\n", "line 1: a quotation mark has no partner on its line"),
        ("a{b=\"c\\", "line 1: a quotation mark has no partner on its line"),
        (
            "a{b=\"c\" 1\n",
            "line 1: a label's name is missing or has a character that it can't have"
        ),
        ("a{b=\"c\"\n", "line 1: '{' has no '}' on its line"),
        ("a{", "line 1: '{' has no '}' on its line"),
        ("a{b=\"c\",", "line 1: '{' has no '}' on its line"),
        ("a 1\r\n", "line 1: a line ends with a line feed alone, not a carriage return"),
        ("a 1 2\r\n", "line 1: a line ends with a line feed alone, not a carriage return"),
        ("\r\n", "line 1: a line ends with a line feed alone, not a carriage return"),
        ("# TYPE\ta\tgauge\r\n", "line 1: the metric type is unknown"),
        ("# TYPE a\n", "line 1: the metric type is unknown"),
        ("# TYPE a  gauge\n", "line 1: the metric type is unknown"),
        ("# TYPE a gauge \n", "line 1: the metric type is unknown"),
        ("# TYPE a Gauge\n", "line 1: the metric type is unknown"),
        ("# TYPE a info\n", "line 1: the metric type is unknown"),
        (
            "# TYPE 1a gauge\n",
            "line 1: HELP, TYPE and UNIT are followed by a metric's name and a text"
        ),
        ("# HELP \n", "line 1: HELP, TYPE and UNIT are followed by a metric's name and a text"),
        ("# HELP \"a b\n", "line 1: a quotation mark has no partner on its line"),
        ("a 1 x\n", "line 1: the timestamp is not a number in range"),
        ("a 1 -5\n", "line 1: the timestamp is not a number in range"),
        ("a 1 1.5\n", "line 1: something follows the sample on its line"),
        ("a 1 9223372036854775808\n", "line 1: the timestamp is not a number in range"),
        ("a 1 # {b=\"c\"} 1\n", "line 1: the timestamp is not a number in range"),
        ("a 1{b=\"c\"}\n", "line 1: the value is missing or not a decimal number"),
    ])
    func `the form of a line that Prometheus refuses fails the scrape`(
        text: String,
        problem: String
    ) {
        #expect(ParsedExposition.problem(text) == problem)
    }

    /// From the tables of Prometheus' own parser tests.
    @Test(arguments: [
        "a{b=\n", "{\"a\", \"b = \"c\"}", "{\"a\",b\\nc=\"d\"} 1", "a true\n",
        "something_weird{problem=\"", "empty_label_name{=\"\"} 0", "{A}0", "foo 0 1_2\n",
        "# TYPE #\n#EOF\n", "# HELP #\n#EOF\n", "a{b=\u{0}\"ssss\"} 1\n", "a{b=\"\u{0}",
        "a{b\u{0}=\"hiih\"}\t1", "a\u{0}{b=\"ddd\"} 1",
    ])
    func `what Prometheus' own tests refuse is refused`(text: String) {
        #expect(ParsedExposition.problem(text) != nil)
    }

    @Test(arguments: [
        "null_byte_metric{a=\"abc\u{0}\"} 1", "a{b=\"\u{0}ss\"} 1\n", "a{b=\"\u{0}\"} 1\n",
        "# HELP a \u{0}\na 1", "go_info{v=\"go1 \\\\ \\n \\t\"} 1",
    ])
    func `what Prometheus' own tests take is taken`(text: String) throws {
        #expect(try ParsedExposition(text).samples.count == 1)
    }

    @Test(arguments: [
        ("0", 0.0), ("-0", -0.0), ("+1", 1), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000),
        ("1E3", 1000), ("1e+03", 1000), ("1e-03", 0.001), ("0001", 1), ("1e0000000000000003", 1000),
        ("0.1", 0.1), ("1e22", 1e22), ("1e23", 1e23), ("9007199254740993", 9_007_199_254_740_992),
        ("18446744073709551615", 18_446_744_073_709_551_616),
        ("18446744073709551616", 18_446_744_073_709_551_616),
        ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude),
        ("2e-324", 0), ("1e-400", 0), ("0e999999", 0), ("inf", .infinity), ("+Inf", .infinity),
        ("-Inf", -.infinity), ("INFINITY", .infinity), ("-infinity", -.infinity),
        ("0.000000000000000000000000000001", 1e-30), ("3.141592653589793238462643", .pi),
    ])
    func `a number is read as the nearest double`(text: String, value: Double) throws {
        let samples = try ParsedExposition("a \(text)\n").samples
        #expect(samples.map(\.bits) == [value.bitPattern])
    }

    @Test(arguments: ["NaN", "nan", "NAN"])
    func `not a number is Prometheus' own NaN and never a staleness marker`(text: String) throws {
        let samples = try ParsedExposition("a \(text)\n").samples
        #expect(samples.map(\.bits) == [0x7ff8_0000_0000_0001])
    }

    @Test(arguments: [
        "0x10", "0x1p4", "1_000", "1e", "1e+", ".", "-", "+", "--1", "1,5", "1 000x", "+NaN",
        "-nan",
        "nanx", "in", "infinit", "infinityx", "e5", "1.2.3", "1f", "null", "¼",
    ])
    func `what is no decimal number is refused`(text: String) {
        #expect(ParsedExposition.problem("a \(text)\n") != nil)
    }

    @Test(arguments: ["1e309", "-1e309", "1e99999999999999999999", "1.7976931348623159e308"])
    func `a number beyond the range of a double fails the scrape as in Prometheus`(text: String) {
        let problem = ParsedExposition.problem("a \(text)\n")
        #expect(problem == "line 1: the value is beyond the range of a double")
    }

    @Test func `a number longer than any double needs is refused`() {
        let digits = String(repeating: "1", count: ScrapeLimits.numberBytes)
        #expect(ParsedExposition.problem("a 0.\(digits)\n") != nil)
        #expect(ParsedExposition.problem("a 0.\(digits.dropLast(2))\n") == nil)
    }

    @Test func `a timestamp is whole milliseconds`() throws {
        let samples = try ParsedExposition("a 1 1795255088007\nb 2 0\nc 3\nd 4 5").samples
        #expect(samples.map(\.milliseconds) == [1_795_255_088_007, 0, nil, 5])
    }

    @Test func `series carry the kind of their family`() throws {
        let text = """
            early 1
            # TYPE c counter
            c 1
            c_total 1
            c_created 1
            c_sum 1
            cc 1
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_sum 1
            h_count 1
            h_total 1
            # TYPE s summary
            s{quantile="0.5"} 1
            s_sum 1
            s_count 1
            s_bucket 1
            # TYPE g gauge
            g 1
            g_total 1
            # TYPE u untyped
            u 1
            # TYPE "my.gauge" gauge
            {"my.gauge",a="b"} 1

            """
        #expect(
            try ParsedExposition(text).samples.map(\.kind) == [
                .unknown, .counter, .counter, .counter, .unknown, .unknown, .histogram, .histogram,
                .histogram, .unknown, .summary, .summary, .summary, .unknown, .gauge, .unknown,
                .unknown, .gauge,
            ]
        )
    }

    @Test func `nothing at all is an exposition without samples`() throws {
        #expect(try ParsedExposition("").samples.isEmpty)
        #expect(try ParsedExposition("\n").samples.isEmpty)
        #expect(try ParsedExposition("# only a comment").samples.isEmpty)
    }

    @Test func `each limit fails the scrape one beyond it`() throws {
        let three = Array("a 1\nb 2\nc 3\n".utf8)
        #expect(try ParsedExposition(three, sampleLimit: 3, bodyLimit: 12).samples.count == 3)
        #expect(throws: ExpositionError(line: 3, fault: .tooManySamples(limit: 2))) {
            try ParsedExposition(three, sampleLimit: 2)
        }
        #expect(throws: ExpositionError(line: 0, fault: .bodyTooLong(limit: 11))) {
            try ParsedExposition(three, bodyLimit: 11)
        }
        let value = String(repeating: "v", count: ScrapeLimits.lineBytes)
        let fault = ExpositionFault.lineTooLong(limit: ScrapeLimits.lineBytes)
        #expect(throws: ExpositionError(line: 2, fault: fault)) {
            try ParsedExposition("b 1\na{b=\"\(value)\"} 1\n")
        }
    }
}
