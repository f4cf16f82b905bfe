/// The bin of a value: bins are ordered as their values are.
///
/// DDSketch (Masson, Rim, Lee, VLDB 2019) puts v into bin ⌈log v ÷ log γ⌉, and a logarithm differs
/// from one mathematics library to the next. Here every power of two is cut into 35 bins at
/// 2^(k/35), rounded up to the next double: found by comparing bits, the same on any machine. So
/// γ = 2^(1/35) = 1.02000, and the error is below 0.9902 %.
package struct DDSketchKey: Hashable, Comparable, Sendable {
    /// 0 for zero, 1...71,610 for positive numbers, 71,611 for +∞; negated for negative numbers.
    package let rawValue: Int32

    package static let zero = Self(rawValue: 0)
    package static let binsPerOctave: Int32 = 35
    /// Of +∞.
    package static let infinity = Self(rawValue: 71_611)

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The value must not be NaN. Numbers below 2^-1022 count as zero.
    @inline(__always)
    package init(_ value: Double) {
        let bits = value.bitPattern & (1 << 63 - 1)
        let exponent = Int32(truncatingIfNeeded: bits >> 52)
        guard exponent > 0 else {
            self = .zero
            return
        }
        let significand = bits & (1 << 52 - 1) | 1 << 52
        // The start is never too high, and at most one too low.
        var place = Self.guesses[Int(significand >> 46 & 63)]
        while place < 34, Self.boundaries[place + 1] <= significand { place += 1 }
        let magnitude = Self.binsPerOctave * (exponent - 1) + Int32(place) + 1
        rawValue = value.sign == .minus ? -magnitude : magnitude
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The bin's value: 2ab ÷ (a + b) of its bounds a and b, as far from the one as from the other,
    /// in relation to each.
    package var value: Double {
        guard rawValue != 0 else { return 0 }
        let magnitude = abs(rawValue)
        guard magnitude < Self.infinity.rawValue else {
            return rawValue < 0 ? -.infinity : .infinity
        }
        let exponent = UInt64((magnitude - 1) / Self.binsPerOctave + 1)
        let place = Int((magnitude - 1) % Self.binsPerOctave)
        let one = UInt64(1023) << 52
        let low = Double(bitPattern: Self.boundaries[place] & (1 << 52 - 1) | one)
        let high =
            place == 34
            ? 2 : Double(bitPattern: Self.boundaries[place + 1] & (1 << 52 - 1) | one)
        let middle = 2 * low * high / (low + high)
        let scaled = middle * Double(bitPattern: exponent << 52)
        return rawValue < 0 ? -scaled : scaled
    }

    /// Significands: the k-th is the smallest n with n^35 ≥ 2^(35 × 52 + k).
    private static let boundaries: [UInt64] = [
        0x10_0000_0000_0000, 0x10_51ED_3525_4D7B, 0x10_A57D_E9C1_6BC8, 0x10_FABA_81D4_E5E0,
        0x11_51AB_8C56_EEA3, 0x11_AA59_C411_5E7E, 0x12_04CE_1081_1782, 0x12_6111_86BA_E675,
        0x12_BF2D_6A54_F7DB, 0x13_1F2B_2E54_F85D, 0x13_8114_7622_F887, 0x13_E4F3_1681_2C30,
        0x14_4AD1_1688_9E7C, 0x14_B2B8_B0AA_F3C8, 0x15_1CB4_53B9_536D, 0x15_88CE_A3F0_93BE,
        0x15_F712_7C0A_C32A, 0x16_678A_EE56_29F8, 0x16_DA43_45D1_E0AE, 0x17_4F47_0750_17A0,
        0x17_C6A1_F29E_2CE7, 0x18_4060_03B2_AE5D, 0x18_BC8D_73E1_6610, 0x19_3B36_BB15_8FFF,
        0x19_BC68_9112_58C0, 0x1A_402F_EEB9_C533, 0x1A_C69A_0F5A_241D, 0x1B_4FB4_7202_2B1B,
        0x1B_DB8C_DADB_E121, 0x1C_6A31_548E_794E, 0x1C_FBB0_31A7_41A5, 0x1D_9018_0E09_C9E4,
        0x1E_2777_D067_6771, 0x1E_C1DE_ABBE_3C15, 0x1F_5F5C_20DF_E5F3,
    ]

    /// For each 64th of an octave, the bin that its start lies in.
    private static let guesses: [Int] = (0..<64).map { part in
        let start = UInt64(64 + part) << 46
        return boundaries.lastIndex { $0 <= start } ?? 0
    }
}
