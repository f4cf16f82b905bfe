/// One sample of a series: milliseconds since 1970 by the ship's clock, and its value.
package struct RawSample: Sendable {
    package let at: Int64
    package let value: Double
}
