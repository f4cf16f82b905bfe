/// A value that a run, or a logged model, was measured by.
package struct RunMetric: Sendable {
    package let key: String
    /// NaN and the infinities too.
    package let value: Double
    /// Milliseconds since 1970, as the client says.
    package let at: Int64
    package let step: Int64
    /// The logged model that was measured; empty where it is the run alone.
    package var modelID = ""
    package var datasetName = ""
    package var datasetDigest = ""
    /// Whose it is, where that is not clear from the place.
    package var runID = ""

    package init(
        key: String,
        value: Double,
        at: Int64,
        step: Int64,
        modelID: String = "",
        datasetName: String = "",
        datasetDigest: String = "",
        runID: String = ""
    ) {
        self.key = key
        self.value = value
        self.at = at
        self.step = step
        self.modelID = modelID
        self.datasetName = datasetName
        self.datasetDigest = datasetDigest
        self.runID = runID
    }

    /// - Parameter name: what messages call it, such as `metrics[0].key`.
    func check(_ name: String) throws(RegistryError) {
        try RegistryText.checkKey(key, name)
        guard at >= 0 else {
            throw .invalid(
                "Got invalid timestamp \(at) for metric '\(key)': it must not be negative"
            )
        }
    }
}
