import CorePostgres
import Testing

struct PoolMachineTests {
    @Test
    func `the connection used last is lent first`() {
        var machine = PoolMachine(size: 3, waiterLimit: 1)

        #expect(machine.connectionRequested() == .lend(0))
        #expect(machine.connectionRequested() == .lend(1))
        #expect(machine.connectionReturned(0) == .keep)
        #expect(machine.connectionRequested() == .lend(0))
        #expect(machine.lentCount == 2)
    }

    @Test
    func `a waiter that left is passed over`() {
        var machine = PoolMachine(size: 1, waiterLimit: 2)
        #expect(machine.connectionRequested() == .lend(0))
        guard case .wait(let first) = machine.connectionRequested(),
            case .wait(let second) = machine.connectionRequested()
        else {
            Issue.record("both wait")
            return
        }
        #expect(machine.connectionRequested() == .refuseQueueFull)

        let leavings = [machine.waiterLeft(first), machine.waiterLeft(first)]
        #expect(leavings == [true, false])

        #expect(machine.connectionReturned(0) == .lend(0, to: second))
        #expect(machine.connectionReturned(0) == .keep)
    }

    @Test
    func `closing refuses newcomers and ends with the last return`() {
        var machine = PoolMachine(size: 2, waiterLimit: 2)
        #expect(machine.connectionRequested() == .lend(0))
        #expect(machine.connectionRequested() == .lend(1))
        guard case .wait(let waiter) = machine.connectionRequested() else {
            Issue.record("it waits")
            return
        }

        #expect(
            machine.closeRequested()
                == PoolMachine.CloseAction(waiters: [waiter], isFinished: false)
        )
        #expect(machine.connectionRequested() == .refuseClosed)
        #expect(machine.connectionReturned(1) == .keep)
        #expect(machine.connectionReturned(0) == .finishClosing)
    }
}
