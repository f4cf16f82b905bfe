/// What the encoder decided on one column, and the decoder learns: everything but the values.
struct ColumnPlan: Sendable {
    var isUnchanged = false
    var isConstant = false
    var hasExceptions = false
    var scale = NumberScale.whole
    var predictor = Predictor.hold
    /// For `Predictor.reference`: how many active whole columns back, from 1.
    var distance = 0
}
