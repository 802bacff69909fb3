package import CoreMetrics
import Synchronization

/// Every number that the process counts, for whoever asks.
///
/// The modules count through swift-metrics' types and do not know it; `Gateway` makes one and hands it to them, so there is no global.
/// To count is one or two atomic additions; the lock is taken to make an instrument and to list them.
package final class MetricsRegistry: MetricsFactory {
    /// One name with one set of labels.
    private struct Key: Hashable {
        let name: String
        /// As they stand in the text between the braces.
        let labels: String
    }

    /// Behind one name and its labels stands one of these.
    private enum Instrument: Sendable {
        case counter(CounterInstrument)
        case gauge(GaugeInstrument)
        case histogram(HistogramInstrument)
    }

    private let descriptions: [String: MetricDescription]
    private let instruments = Mutex<[Key: Instrument]>([:])

    /// - Parameter descriptions: what the metrics mean, and the bounds of histograms.
    package init(describing descriptions: [MetricDescription] = MetricDescription.all) {
        self.descriptions = Dictionary(uniqueKeysWithValues: descriptions.map { ($0.name, $0) })
    }

    /// Writes all metrics, sorted by name and labels. Histograms that nothing was recorded in are left out.
    package func write(to text: inout PrometheusText) {
        let sorted = instruments.withLock { $0 }.sorted { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }
        var latest: String?
        for (key, instrument) in sorted {
            if case .histogram(let histogram) = instrument, histogram.isEmpty { continue }
            if key.name != latest {
                text.family(key.name, Self.kind(instrument), descriptions[key.name]?.help ?? key.name)
                latest = key.name
            }
            switch instrument {
            case .counter(let counter): text.sample(key.name, labels: key.labels, counter.value)
            case .gauge(let gauge): text.sample(key.name, labels: key.labels, gauge.value)
            case .histogram(let histogram): histogram.write(to: &text, key.name, labels: key.labels)
            }
        }
    }

    private static func kind(_ instrument: Instrument) -> PrometheusText.Kind {
        switch instrument {
        case .counter: .counter
        case .gauge: .gauge
        case .histogram: .histogram
        }
    }

    /// The instrument of this name and these labels: the one that is there, else a new one.
    private func instrument(_ label: String, _ dimensions: [(String, String)], _ make: () -> Instrument) -> Instrument {
        let key = Key(name: label, labels: PrometheusText.labels(dimensions))
        return instruments.withLock { instruments in
            if let known = instruments[key] { return known }
            let new = make()
            instruments[key] = new
            return new
        }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)], unit: Double) -> HistogramInstrument {
        let bounds = descriptions[label]?.bounds ?? MetricDescription.latencies
        let found = instrument(label, dimensions) { .histogram(HistogramInstrument(bounds: bounds, unit: unit)) }
        guard case .histogram(let histogram) = found else { preconditionFailure("\(label) is no histogram elsewhere") }
        return histogram
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeInstrument {
        guard case .gauge(let gauge) = instrument(label, dimensions, { .gauge(GaugeInstrument()) }) else {
            preconditionFailure("\(label) is no gauge elsewhere")
        }
        return gauge
    }
}

// MARK: - MetricsFactory

extension MetricsRegistry {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        guard case .counter(let counter) = instrument(label, dimensions, { .counter(CounterInstrument()) }) else {
            preconditionFailure("\(label) is no counter elsewhere")
        }
        return counter
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, unit: 1) : gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, unit: 1e-9)
    }

    // An instrument lives as long as the process: a count that is forgotten is a count that starts again.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
