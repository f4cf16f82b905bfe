/// Why an exposition could not be read: one malformed line condemns all of it, as in Prometheus,
/// since the half that was read would look like a target that lost its other series.
package struct ExpositionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Counted from 1; 0 where no single line is to blame.
    package let line: Int
    package let fault: ExpositionFault

    package init(line: Int, fault: ExpositionFault) {
        self.line = line
        self.fault = fault
    }

    package var description: String {
        line == 0 ? fault.description : "line \(line): \(fault)"
    }
}
