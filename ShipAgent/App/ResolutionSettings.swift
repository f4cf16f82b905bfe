import FleetModel
import FleetRuntime

/// The keys of the configuration that say which series may lose digits that mean nothing.
///
/// | key | type | default | meaning |
/// |---|---|---|---|
/// | `resolutions[]` | list | none | series that are rounded aboard; the first that fits decides |
/// | `resolutions[].metric` | RE2 | required | must match the metric's whole name |
/// | `resolutions[].job` | RE2 | `.*` | must match the label `job` |
/// | `resolutions[].step` | decimal | required | samples become multiples of it, such as `0.05` |
///
/// What a series is rounded to is declared when it is first seen, crosses in the catalogue and never
/// changes: a rule says nothing about series that the ship has already had.
enum ResolutionSettings {
    static func rules(_ reader: ConfigurationReader) -> [ResolutionRule] {
        reader.sections("resolutions").compactMap { section in
            let metric = pattern("metric", section.string("metric"), section)
            let job = pattern("job", section.string("job", default: ".*"), section)
            let resolution = Resolution(section.string("step"))
            if resolution == nil {
                section.report("step", "must be a positive decimal of at most six digits, as 0.05")
            }
            guard let metric, let job, let resolution else { return nil }
            return ResolutionRule(metric: metric, job: job, resolution: resolution)
        }
    }

    private static func pattern(
        _ key: String,
        _ text: String,
        _ section: ConfigurationReader
    ) -> Pattern? {
        do throws(PatternError) {
            return try Pattern(text)
        } catch {
            section.report(key, "\(error)")
            return nil
        }
    }
}
