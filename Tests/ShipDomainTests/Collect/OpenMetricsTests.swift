import FleetModel
import ShipDomain
import Testing

@Suite struct OpenMetricsTests {
    @Test(
        arguments: [
            ("a 1\n# EOF\n", 1, nil),
            ("a 1\n# EOF", 1, nil),
            ("a{} 1\n# EOF\n", 1, nil),
            ("a{b=\"c\",d=\"e\",} 1\n# EOF\n", 1, nil),
            ("a 1 1795255088.007\n# EOF\n", 1, 1_795_255_088_007),
            ("a 1 1.6e9\n# EOF\n", 1, 1_600_000_000_000),
            ("a 1 -1.5\n# EOF\n", 1, -1500),
            ("a 1 0.0014\n# EOF\n", 1, 1),
            ("a 1 # {} 2\n# EOF\n", 1, nil),
            ("a 1 # {trace_id=\"x # y\"} 2.5\n# EOF\n", 1, nil),
            ("a 1 # {trace_id=\"x\",span=\"\\\"}\"} 2.5 1.5\n# EOF\n", 1, nil),
            ("a 1 3 # {trace_id=\"x\"} NaN 1.5\n# EOF\n", 1, 3000),
            ("# HELP a b\n# TYPE a gauge\n# UNIT a b\na 1\n# EOF\n", 1, nil),
            ("{\"my.metric\",b=\"c\"} +Inf\n# EOF\n", .infinity, nil),
        ] as [(String, Double, Int64?)]
    )
    func `the form of a line that the standard has is taken`(
        text: String,
        value: Double,
        milliseconds: Int64?
    ) throws {
        let samples = try ParsedExposition(text, .openMetrics).samples
        #expect(samples.map(\.value) == [value])
        #expect(samples.map(\.milliseconds) == [milliseconds])
    }

    @Test(arguments: [
        ("", "the exposition does not end with '# EOF'"),
        ("a 1\n", "line 1: the exposition does not end with '# EOF'"),
        ("a 1", "line 1: the exposition does not end with '# EOF'"),
        ("a 1\n# TYPE a gauge", "line 2: the exposition does not end with '# EOF'"),
        ("a 1\n# EOF\na 2\n", "line 3: something follows '# EOF'"),
        ("a 1\n# EOF\n\n", "line 3: something follows '# EOF'"),
        ("a 1\n\n# EOF\n", "line 2: OpenMetrics has no empty lines"),
        ("a  1\n# EOF\n", "line 1: the value is missing or not a decimal number"),
        ("a\t1\n# EOF\n", "line 1: a single space separates a series from its value"),
        ("a {b=\"c\"} 1\n# EOF\n", "line 1: the value is missing or not a decimal number"),
        (
            "a{b=\"c\", d=\"e\"} 1\n# EOF\n",
            "line 1: a label's name is missing or has a character that it can't have"
        ),
        ("a{b=\"c\"d=\"e\"} 1\n# EOF\n", "line 1: a label is followed by ',' or '}'"),
        ("a{b=\"c\"}1\n# EOF\n", "line 1: a single space separates a series from its value"),
        (" a 1\n# EOF\n", "line 1: a line starts with a metric's name, '{' or '#'"),
        ("a 1 \n# EOF\n", "line 1: the timestamp is not a number in range"),
        ("a 1 NaN\n# EOF\n", "line 1: the timestamp is not a number in range"),
        ("a 1 1e300\n# EOF\n", "line 1: the timestamp is not a number in range"),
        ("a 1 2 3\n# EOF\n", "line 1: the exemplar is malformed"),
        ("a 1 # {b=\"c\"}\n# EOF\n", "line 1: the exemplar is malformed"),
        ("a 1 # {\"b\"} 1\n# EOF\n", "line 1: the exemplar is malformed"),
        ("a 1 # {b=\"c\"} 1 2 3\n# EOF\n", "line 1: something follows the sample on its line"),
        ("a 1 #{b=\"c\"} 1\n# EOF\n", "line 1: the exemplar is malformed"),
        ("a 1\r\n# EOF\n", "line 1: a line ends with a line feed alone, not a carriage return"),
        (
            "# a comment\n# EOF\n",
            "line 1: HELP, TYPE and UNIT are followed by a metric's name and a text"
        ),
        ("#EOF\n", "line 1: HELP, TYPE and UNIT are followed by a metric's name and a text"),
        ("# TYPE a untyped\n# EOF\n", "line 1: the metric type is unknown"),
    ])
    func `the form of a line that the standard lacks fails the scrape`(
        text: String,
        problem: String
    ) {
        #expect(ParsedExposition.problem(text, .openMetrics) == problem)
    }

    /// From the tables of Prometheus' own parser tests.
    @Test(arguments: [
        "\n", "metric", "metric_total 1 # {aa=\"bb\"} 4", "9\n#EOF\n", "#  TYPE c counter\n# EOF\n",
        "# TYPE \n# EOF\n", "# TYPE m\n# EOF\n", "# TYPE c counter \n# EOF\n",
        "# TYPE c  counter\n# EOF\n", "#\tTYPE c counter\n# EOF\n", "# UNIT \n# EOF\n",
        "# HELP \n# EOF\n", "a 1\t2\n# EOF\n", "a 1 2 \n# EOF\n", "a 1 2 #\n# EOF\n",
        "a 1 1z\n# EOF\n", " # EOF\n", "# EOFa 1", "a{,b=\"c\"} 1\n# EOF\n",
        "a{b=\"c\",,d=\"e\"} 1\n# EOF\n", "a{b=\n# EOF\n", "foo 0 1_2\n# EOF\n",
        "a 1 # {aa=bb}\n# EOF\n", "a 1 # {aa=\"bb\"}", "a 1 # {bb}", "a 1 # {bb, a=\"dd\"}",
        "a 1 # {aa=\"bb\",,cc=\"dd\"} 1\n# EOF\n", "a 1 # {aa=\"bb\"} 1_2\n# EOF\n",
        "a 1 # {aa=\"bb\"} true\n# EOF\n", "{b=\"c\",} 1\n# EOF\n", "a 1 -Inf\n# EOF\n",
        "h{le=\"+Inf\"} 1 # {aa=\"bb\"} 4 NaN\n# EOF\n",
    ])
    func `what Prometheus' own tests refuse is refused`(text: String) {
        #expect(ParsedExposition.problem(text, .openMetrics) != nil)
    }

    @Test func `series carry the kind of their family`() throws {
        let text = """
            # TYPE c counter
            c_total 1
            c_created 1
            # TYPE i info
            i_info{a="b"} 1
            # TYPE s stateset
            s{s="on"} 1
            # TYPE g gaugehistogram
            g_bucket{le="+Inf"} 1
            g_gsum 1
            g_gcount 1
            # TYPE u unknown
            u 1
            # EOF

            """
        #expect(
            try ParsedExposition(text, .openMetrics).samples.map(\.kind) == [
                .counter, .counter, .info, .stateSet, .gaugeHistogram, .gaugeHistogram,
                .gaugeHistogram, .unknown,
            ]
        )
    }

    @Test(
        arguments: [
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", "", .openMetrics),
            ("Application/OpenMetrics-Text", "", .openMetrics),
            ("text/plain; version=0.0.4", "a 1\n# EOF\n", .prometheusText),
            (nil, "a 1\n# EOF\n", .openMetrics),
            (nil, "a 1\n# EOF", .openMetrics),
            ("", "# EOF", .openMetrics),
            (nil, "a 1\n", .prometheusText),
            (nil, "", .prometheusText),
            (nil, "\n# EOF\n\n", .prometheusText),
            ("application/octet-stream", "a 1\n", .prometheusText),
        ] as [(String?, String, ExpositionFormat)]
    )
    func `the format follows the content type and else the end of the body`(
        contentType: String?,
        body: String,
        format: ExpositionFormat
    ) {
        #expect(ExpositionFormat(contentType: contentType, body: Array(body.utf8)) == format)
    }
}
