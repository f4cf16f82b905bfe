/// Finds numbers counted from 0 by hashes: open addressing, never more than half full.
struct NumberTable: Sendable {
    private struct Place {
        var hash: UInt32 = 0
        /// The number plus one, 0 for a free place.
        var number: UInt32 = 0
    }

    private var places: [Place] = []
    private var count = 0

    @inline(__always)
    func find(_ hash: UInt32, where isEqual: (Int) -> Bool) -> Int? {
        guard !places.isEmpty else { return nil }
        var index = Int(hash) & (places.count - 1)
        while places[index].number != 0 {
            if places[index].hash == hash {
                let number = Int(places[index].number) - 1
                if isEqual(number) { return number }
            }
            index = (index + 1) & (places.count - 1)
        }
        return nil
    }

    mutating func insert(_ number: Int, _ hash: UInt32) {
        if (count + 1) * 2 > places.count {
            let former = places
            places = [Place](repeating: Place(), count: max(64, former.count * 2))
            for place in former where place.number != 0 { put(place) }
        }
        put(Place(hash: hash, number: UInt32(truncatingIfNeeded: number + 1)))
        count += 1
    }

    private mutating func put(_ place: Place) {
        var index = Int(place.hash) & (places.count - 1)
        while places[index].number != 0 { index = (index + 1) & (places.count - 1) }
        places[index] = place
    }
}
