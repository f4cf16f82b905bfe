/// The distribution of values, in bins whose width is a fixed share of the value: any quantile with
/// a relative error below 1 %, after any number of merges in any order.
///
/// Memory is 16 bytes a bin that holds something, at most 4,100 bins: the 2,048 highest magnitudes
/// (58 powers of two) of either sign, zero and the infinities. What lies nearer to zero is counted
/// in the lowest bin that is kept, and then `isCollapsed` says so. Which bins are kept depends on
/// the largest magnitude alone, so merging is exact: commutative and associative.
package struct DDSketch: Sendable, Hashable {
    package struct Bin: Sendable, Hashable {
        package let key: DDSketchKey
        package fileprivate(set) var count: UInt64

        package init(key: DDSketchKey, count: UInt64) {
            self.key = key
            self.count = count
        }
    }

    /// Bins kept of either sign.
    package static let window: Int32 = 2048
    /// Bins altogether: both signs, zero and the infinities.
    package static let binLimit = 2 * 2048 + 3
    /// What a quantile's relative error stays below, unless `isCollapsed`.
    package static let relativeError = 0.01

    /// By ascending key, none empty.
    package private(set) var bins: [Bin] = []
    /// Whether values near zero were counted as larger ones.
    package private(set) var isCollapsed = false

    package init() {}

    /// Some values that are alike.
    package init(_ value: Double, count: UInt64) {
        guard count > 0, !value.isNaN else { return }
        bins = [Bin(key: DDSketchKey(value), count: count)]
    }

    /// Bins in any order, from outside: they are merged and collapsed as values would be.
    package init(bins: [Bin], isCollapsed: Bool = false) {
        let limit = DDSketchKey.infinity.rawValue
        for bin in bins where bin.count > 0 && abs(bin.key.rawValue) <= limit {
            add(bin.key, count: bin.count)
        }
        self.isCollapsed = self.isCollapsed || isCollapsed
        collapse()
    }

    package var count: UInt64 { bins.reduce(0) { Self.sum($0, $1.count) } }
    package var isEmpty: Bool { bins.isEmpty }

    /// NaN is no value and is left out.
    package mutating func add(_ value: Double) {
        guard !value.isNaN else { return }
        let isNew = add(DDSketchKey(value), count: 1)
        if isNew, bins.count > 1 { collapse() }
    }

    package mutating func merge(_ other: Self) {
        guard !other.isEmpty else { return }
        isCollapsed = isCollapsed || other.isCollapsed
        guard !isEmpty else {
            bins = other.bins
            return
        }
        if other.bins.count == 1, let only = other.bins.first {
            if add(only.key, count: only.count) { collapse() }
            return
        }
        var merged: [Bin] = []
        merged.reserveCapacity(bins.count + other.bins.count)
        var (left, right) = (bins[...], other.bins[...])
        while let ours = left.first, let theirs = right.first {
            if ours.key == theirs.key {
                merged.append(Bin(key: ours.key, count: Self.sum(ours.count, theirs.count)))
                left.removeFirst()
                right.removeFirst()
            } else if ours.key < theirs.key {
                merged.append(ours)
                left.removeFirst()
            } else {
                merged.append(theirs)
                right.removeFirst()
            }
        }
        bins = merged + left + right
        collapse()
    }

    /// The value that the share `q` (0...1) of all values is not above: of n values in order, that
    /// in place ⌊q (n − 1)⌋, with a relative error below 1 %. `nil` without values.
    package func quantile(_ q: Double) -> Double? {
        guard !bins.isEmpty, q >= 0, q <= 1 else { return nil }
        let rank = (q * Double(count - 1)).rounded(.down)
        var below: UInt64 = 0
        for bin in bins {
            below = Self.sum(below, bin.count)
            if Double(below) > rank { return bin.key.value }
        }
        return bins.last?.key.value
    }

    /// - Returns: whether the bin is new.
    @discardableResult
    private mutating func add(_ key: DDSketchKey, count: UInt64) -> Bool {
        if let last = bins.last, last.key < key {
            bins.append(Bin(key: key, count: count))
            return true
        }
        var low = 0
        var high = bins.count
        while low < high {
            let middle = (low + high) / 2
            if bins[middle].key < key { low = middle + 1 } else { high = middle }
        }
        if low < bins.count, bins[low].key == key {
            bins[low].count = Self.sum(bins[low].count, count)
            return false
        }
        bins.insert(Bin(key: key, count: count), at: low)
        return true
    }

    /// Raises what lies more than `window` bins nearer to zero than the outermost finite bin.
    private mutating func collapse() {
        let infinity = DDSketchKey.infinity.rawValue
        guard let lowest = bins.first(where: { $0.key.rawValue > -infinity })?.key.rawValue,
            let highest = bins.last(where: { $0.key.rawValue < infinity })?.key.rawValue
        else { return }
        let floor = highest - Self.window + 1
        let ceiling = lowest + Self.window - 1
        let isNearZero = { (key: Int32) in
            key > 0 && key < floor || key < 0 && key > ceiling
        }
        guard bins.contains(where: { isNearZero($0.key.rawValue) }) else { return }
        isCollapsed = true
        let collapsing = bins
        bins = []
        for bin in collapsing {
            let key = bin.key.rawValue
            let kept = !isNearZero(key) ? key : key > 0 ? floor : ceiling
            add(DDSketchKey(rawValue: kept), count: bin.count)
        }
    }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
