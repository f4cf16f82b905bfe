/// The NaN by which Prometheus says "this series ended here" (`value.StaleNaN` in its sources).
package enum StaleMarker {
    package static let bits: UInt64 = 0x7ff0_0000_0000_0002

    package static var value: Double { Double(bitPattern: bits) }

    package static func isStale(_ value: Double) -> Bool { value.bitPattern == bits }
}
