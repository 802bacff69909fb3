package import CoreMetrics
import Synchronization
package import Telemetry

/// All metrics of the process.
///
/// The modules count through swift-metrics' types and do not know it; `Gateway` makes one and hands it to them, so there is no global.
/// Counting takes one or two atomic additions; the lock is taken to make an instrument and to list them.
package final class MetricsRegistry: MetricsFactory {
    /// One name with one set of labels.
    private struct Key: Hashable {
        let name: String
        /// As they are in the text between the braces.
        let labels: String
    }

    /// One of these follows a name and its labels.
    private enum Instrument: Sendable {
        case counter(CounterInstrument)
        case gauge(GaugeInstrument)
        case histogram(HistogramInstrument)
    }

    private struct State {
        /// By name. Every instrument's metric is here.
        var metrics: [String: Metric] = [:]
        var instruments: [Key: Instrument] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Writes all metrics, sorted by name and labels. Histograms that nothing was recorded in are left out.
    package func write(to text: inout PrometheusText) {
        let (metrics, instruments) = state.withLock { ($0.metrics, $0.instruments) }
        let sorted = instruments.sorted { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }
        var latest: String?
        for (key, instrument) in sorted {
            if case .histogram(let histogram) = instrument, histogram.isEmpty { continue }
            if key.name != latest {
                if let metric = metrics[key.name] { text.family(key.name, Self.kind(instrument), metric.help) }
                latest = key.name
            }
            switch instrument {
            case .counter(let counter): text.sample(key.name, labels: key.labels, counter.value)
            case .gauge(let gauge): text.sample(key.name, labels: key.labels, gauge.value)
            case .histogram(let histogram): histogram.write(to: &text, key.name, labels: key.labels)
            }
        }
    }

    /// What a counter says now; 0 if there is none with this name and these labels.
    package func count(of name: String, _ labels: (String, String)...) -> Int {
        let key = Key(name: name, labels: PrometheusText.labels(labels))
        guard case .counter(let counter)? = state.withLock({ $0.instruments[key] }) else { return 0 }
        return Int(counter.value)
    }

    private static func kind(_ instrument: Instrument) -> PrometheusText.Kind {
        switch instrument {
        case .counter: .counter
        case .gauge: .gauge
        case .histogram: .histogram
        }
    }

    /// The instrument of this name and these labels: the one that is there, else a new one.
    private func instrument(
        _ label: String,
        _ dimensions: [(String, String)],
        _ make: (Metric) -> Instrument
    ) -> Instrument {
        let key = Key(name: label, labels: PrometheusText.labels(dimensions))
        return state.withLock { state in
            if let known = state.instruments[key] { return known }
            guard let metric = state.metrics[label] else { preconditionFailure("\(label) is not made by a Metric") }
            let new = make(metric)
            state.instruments[key] = new
            return new
        }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)], unit: Double) -> HistogramInstrument {
        let found = instrument(label, dimensions) {
            .histogram(HistogramInstrument(bounds: $0.buckets, unit: unit))
        }
        guard case .histogram(let histogram) = found else { preconditionFailure("\(label) is no histogram elsewhere") }
        return histogram
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeInstrument {
        guard case .gauge(let gauge) = instrument(label, dimensions, { _ in .gauge(GaugeInstrument()) }) else {
            preconditionFailure("\(label) is no gauge elsewhere")
        }
        return gauge
    }
}

extension MetricsRegistry: MetricDescribing {
    /// - Precondition: a name has one description.
    package func describe(_ metric: Metric) {
        state.withLock { state in
            precondition(state.metrics[metric.name].map { $0 == metric } ?? true, "\(metric.name) is described twice")
            state.metrics[metric.name] = metric
        }
    }
}

// MARK: - MetricsFactory

extension MetricsRegistry {
    /// The counter with this name and these labels, created with its first use.
    /// - Precondition: the name is not used for another kind of instrument.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        guard case .counter(let counter) = instrument(label, dimensions, { _ in .counter(CounterInstrument()) }) else {
            preconditionFailure("\(label) is no counter elsewhere")
        }
        return counter
    }

    /// The gauge with this name and these labels.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// A histogram if values are to be aggregated, otherwise a gauge.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, unit: 1) : gauge(label, dimensions)
    }

    /// A histogram of seconds; the API records nanoseconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, unit: 1e-9)
    }

    // Instruments are never removed: a counter that is removed would start again at 0.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
