/// That a gate refused a plain move, with what webhooks are told of it.
struct GateRefusal: Error {
    let error: RegistryError
    let data: [String: WebhookValue]
}
