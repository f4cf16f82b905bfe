import FleetModel
import Testing

struct LedgerTotalsTests {
    @Test func `an account balances when all that was made is somewhere`() {
        #expect(LedgerTotals().balances)
        #expect(LedgerTotals(produced: 10, stored: 5, pending: 3, lost: 2).balances)
        #expect(!LedgerTotals(produced: 10, stored: 5, pending: 3, lost: 1).balances)
        #expect(LedgerTotals(produced: 10, stored: 4, pending: 3, degraded: 1, lost: 2).balances)
        #expect(!LedgerTotals(produced: 10, stored: 4, pending: 3, degraded: 2, lost: 2).balances)
    }
}
