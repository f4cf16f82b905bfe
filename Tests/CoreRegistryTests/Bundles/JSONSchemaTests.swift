import CoreRegistry
import FleetRuntime
import Testing

/// What a schema lets through, and what it does not.
struct JSONSchemaTests {
    private func faults(_ schema: String, _ value: String) throws -> [String] {
        let schema = try JSONSchema(try JSONReader.read(Array(schema.utf8)))
        return schema.faults(of: try JSONReader.read(Array(value.utf8)))
    }

    @Test(
        arguments: [
            (#"{"type": "integer"}"#, "3", true), (#"{"type": "integer"}"#, "3.0", true),
            (#"{"type": "integer"}"#, "3.5", false),
            (#"{"type": ["string", "null"]}"#, "null", true),
            (#"{"type": "number"}"#, #""3""#, false), (#"{"enum": [1, "a"]}"#, #""a""#, true),
            (#"{"enum": [1, "a"]}"#, "1.0", true), (#"{"enum": [1, "a"]}"#, "2", false),
            (#"{"const": {"a": [1]}}"#, #"{"a": [1]}"#, true),
            (#"{"const": {"a": [1]}}"#, #"{"a": [2]}"#, false),
            (#"{"minimum": 1, "maximum": 2}"#, "2", true), (#"{"minimum": 1}"#, "0.9", false),
            (#"{"exclusiveMaximum": 2}"#, "2", false), (#"{"minimum": 1}"#, #""text""#, true),
            (#"{"minLength": 2}"#, #""é€""#, true), (#"{"maxLength": 1}"#, #""ab""#, false),
            (#"{"pattern": "b+"}"#, #""abc""#, true), (#"{"pattern": "^b"}"#, #""abc""#, false),
            (#"{"pattern": "(a+)+$"}"#, #""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab""#, false),
            (#"{"items": {"type": "string"}}"#, #"["a", 1]"#, false),
            (#"{"minItems": 1}"#, "[]", false), (#"{"required": ["a"]}"#, #"{"a": null}"#, true),
            (#"{"required": ["a"]}"#, "{}", false),
            (#"{"properties": {"a": {}}, "additionalProperties": false}"#, #"{"b": 1}"#, false),
            (#"{"additionalProperties": {"type": "string"}}"#, #"{"b": "x"}"#, true),
            (#"{"anyOf": [{"type": "string"}, {"minimum": 3}]}"#, "2", false),
            (#"{"oneOf": [{"minimum": 1}, {"minimum": 3}]}"#, "4", false),
            (#"{"oneOf": [{"minimum": 1}, {"minimum": 3}]}"#, "2", true),
            (#"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#, "4", false),
            (#"{"not": {"type": "null"}}"#, "null", false), ("true", "1", true),
            ("false", "1", false),
            (##"{"$ref": "#/$defs/port", "$defs": {"port": {"maximum": 65535}}}"##, "70000", false),
            (##"{"items": {"$ref": "#"}, "type": "array"}"##, "[[], [[]]]", true),
            (##"{"items": {"$ref": "#"}, "type": "array"}"##, "[[], [1]]", false),
            (##"{"$ref": "#"}"##, "1", false),
        ]
    )
    func `a value is let through or not`(_ schema: String, _ value: String, _ isRight: Bool) throws
    {
        #expect(try faults(schema, value).isEmpty == isRight, "\(schema) \(value)")
    }

    @Test(
        arguments: [
            #"{"type": "integre"}"#, #"{"format": "date"}"#, #"{"minimum": "1"}"#, "3",
            ##"{"$ref": "https://example.com/schema"}"##, ##"{"$ref": "#/$defs/none"}"##,
            #"{"properties": []}"#, #"{"pattern": "("}"#, #"{"anyOf": []}"#,
            ##"{"properties": {"a": {"$dynamicRef": "#"}}}"##,
        ]
    )
    func `a schema that would not be checked as it stands is refused`(_ schema: String) throws {
        #expect(throws: RegistryError.self) {
            try JSONSchema(try JSONReader.read(Array(schema.utf8)))
        }
    }

    @Test func `a fault says where it is`() throws {
        let found = try faults(
            #"{"properties": {"ports": {"items": {"maximum": 9}}}}"#,
            #"{"ports": [1, 12]}"#
        )
        #expect(found == ["$.ports[1] is not at most 9"])
    }

    @Test func `choices within choices end`() throws {
        let schema = ##"""
            {"$defs": {"a": {"anyOf": [{"items": {"$ref": "#/$defs/a"}, "minItems": 1},
            {"items": {"$ref": "#/$defs/a"}, "minItems": 2}]}}, "$ref": "#/$defs/a"}
            """##
        let deep = String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        #expect(try !faults(schema, deep).isEmpty)
    }
}
