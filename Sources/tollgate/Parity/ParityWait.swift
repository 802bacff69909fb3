import ArgumentParser
import Client
import Foundation
import JSON

/// Starts a comparison and waits for its end, with a bar on a terminal and a line for each step without one.
struct ParityWait {
    let gateway: GatewayOptions
    /// Whether no progress is shown, as between the lines of `parity watch`.
    var isQuiet = false

    /// Between two questions about the state.
    private static let pause = Duration.milliseconds(300)

    /// - Returns: the finished run, and the gateway's JSON.
    func start(_ order: [UInt8]) async throws -> (JSONValue, [UInt8]) {
        let answer = try await gateway.orUnknown { try await gateway.post("/v1/parity/runs", body: order) }
        guard let id = answer.json?["id"]?.numberText else {
            Terminal.message("the gateway sent an unrecognized response")
            throw ExitCode(2)
        }
        return try await wait(for: id)
    }

    /// - Returns: the finished run, and the gateway's JSON.
    func wait(for id: String) async throws -> (JSONValue, [UInt8]) {
        var shown = ""
        while true {
            let answer = try await gateway.orUnknown { try await gateway.get("/v1/parity/runs/\(id.percentEncoded)") }
            guard let run = answer.json, let state = run["state"]?.string else {
                Terminal.message("the gateway sent an unrecognized response")
                throw ExitCode(2)
            }
            if !isQuiet { show(run, state, &shown) }
            if state == "finished" || state == "failed" {
                if Terminal.isWatched, !isQuiet { Terminal.clearBar() }
                return (run, answer.body)
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Shows a progress bar on a terminal; otherwise one line per state, so that a log does not fill up.
    private func show(_ run: JSONValue, _ state: String, _ shown: inout String) {
        if state == "reading", !shown.contains("calls") {
            let forecasts = run["providers"]?.elements.compactMap(Self.forecast) ?? []
            if !forecasts.isEmpty {
                Terminal.message(forecasts.joined(separator: "\n"))
                shown += "calls "
            }
        }
        let read = run["windows"]?["read"]?.int64 ?? 0
        let total = max(1, run["windows"]?["total"]?.int64 ?? 1)
        guard Terminal.isWatched else {
            if !shown.contains(state) { Terminal.note("comparison \(run["id"]?.numberText ?? ""): \(state)") }
            if !shown.contains(state) { shown += "\(state) " }
            return
        }
        Terminal.bar("\(Terminal.bar(of: Double(read) / Double(total))) \(state), window \(read) of \(total)")
    }

    /// `polar-prod: at least 300 calls, at most 10300`
    private static func forecast(_ provider: JSONValue) -> String? {
        guard let name = provider["provider"]?.string, let calls = provider["calls"],
            let least = calls["least"]?.numberText, let most = calls["most"]?.numberText, most != "0"
        else { return nil }
        return "\(name): at least \(least) calls, at most \(most)"
    }
}

extension GatewayOptions {
    /// A gateway that cannot be asked is exit code 2: the result is unknown.
    func orUnknown<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch is ExitCode { throw ExitCode(2) }
    }
}

/// Durations in options.
enum ParityDuration {
    /// - Returns: nil unless the text is such as `30s`, `10m`, `1h` or `7d`, with a count from 1 to 100,000.
    static func read(_ text: String) -> Duration? {
        let units: [(Character, Int)] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
        guard let unit = units.first(where: { $0.0 == text.last }), let count = Int(text.dropLast()),
            (1...100_000).contains(count)
        else { return nil }
        return .seconds(count * unit.1)
    }
}
