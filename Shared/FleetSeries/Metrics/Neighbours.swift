/// What a column's contexts take from the columns before it in the same group.
struct Neighbours {
    /// A column that others may refer to: it has a sample in every row, and changed.
    struct ActiveColumn {
        let number: UInt32
        let scale: NumberScale
        /// Its place among `differences`, in columns.
        let place: Int
    }

    let rowCount: Int
    private(set) var active: [ActiveColumn] = []
    /// For each active column, its difference in every row.
    private(set) var differences: [Int64] = []
    /// Per row: 0 nothing known, 1 the last active column stayed, 2 it changed.
    private var changes: [UInt8]

    var previousUnchanged = 0
    var previousConstant = 0
    var previousScale = NumberScale.whole
    var previousFirst: Int64 = 0
    var previousPredictor = 0
    var previousLength: UInt16 = 0
    var previousPartial = 0

    init(rowCount: Int) {
        self.rowCount = rowCount
        changes = [UInt8](repeating: 0, count: rowCount)
    }

    /// Hands out `changes`, to be put back: an array with one owner is changed in place.
    mutating func takeChanges() -> [UInt8] {
        let taken = changes
        changes = []
        return taken
    }

    mutating func takeDifferences() -> [Int64] {
        let taken = differences
        differences = []
        return taken
    }

    mutating func put(changes: [UInt8], differences: [Int64]) {
        self.changes = changes
        self.differences = differences
    }

    @inline(__always)
    func difference(of column: Int, row: Int) -> Int64 {
        differences[column * rowCount + row]
    }

    /// How many active columns back a reference may reach, so that looking for one is bounded.
    static let reach = 64

    /// The column of that series, if it is within reach.
    @inline(__always)
    func recent(number: UInt32) -> ActiveColumn? {
        var place = active.count - 1
        let end = max(active.count - Self.reach, 0)
        while place >= end {
            if active[place].number <= number {
                return active[place].number == number ? active[place] : nil
            }
            place -= 1
        }
        return nil
    }

    /// Makes a column whose differences were just put one that others may refer to.
    mutating func append(number: UInt32, scale: NumberScale) {
        active.append(ActiveColumn(number: number, scale: scale, place: active.count))
    }

    /// A difference on one scale as a difference on another, where both are binary.
    @inline(__always)
    static func convert(_ difference: Int64, from: NumberScale, to: NumberScale) -> Int64 {
        guard from != to, from.kind == .binary, to.kind == .binary else { return difference }
        let shift = Int64(from.exponent) - Int64(to.exponent)
        return shift >= 0 ? difference << shift : difference >> -shift
    }
}
