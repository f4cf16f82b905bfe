/// What a transaction sees of others, from cheapest to strictest.
package enum TransactionIsolation: String, Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first; concurrent updates of a row fail.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after another; any conflict fails and is run again.
    case serializable = "SERIALIZABLE"
}
