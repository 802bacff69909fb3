import Events
import JSON
import NIOHTTP1
import Synchronization

/// Posts batches of events until each event is stored or refused.
final class BatchSender: Sendable {
    private let client: GatewayClient
    private let path: String
    private let known: KnownEvents?
    private let onWait: @Sendable (String) -> Void
    private let hasBeenAnswered = Mutex(false)

    /// - Parameter onWait: told why sending waits.
    init(client: GatewayClient, terms: SendTerms = SendTerms(), onWait: @escaping @Sendable (String) -> Void) {
        self.client = client
        path =
            "/v1/events?partial=true" + (terms.avoiding.map { "&not_to=\(PercentEncoding.encoded($0))" } ?? "")
            + (terms.route.map { "&route=\(PercentEncoding.encoded($0))" } ?? "")
        known = terms.known
        self.onWait = onWait
    }

    /// The outcome of a batch's events.
    struct Outcome: Sendable {
        var accepted = 0
        var duplicates = 0
        /// Left out, because the journal has them.
        var known = 0
        var refused: [FileFault] = []
    }

    /// Sends a batch; all of its events have one shape.
    func outcome(of batch: [FileEvent]) async -> Result<Outcome, SendFailure> {
        do throws(SendFailure) {
            return .success(try await send(batch))
        } catch {
            return .failure(error)
        }
    }

    private func send(_ batch: [FileEvent]) async throws(SendFailure) -> Outcome {
        var outcome = Outcome()
        let verdict = try await verdict(on: batch)
        outcome.known = verdict.known.count
        outcome.refused = verdict.unknowable.sorted { $0.key < $1.key }.map {
            FileFault(batch[$0.key].position, $0.value)
        }
        let batch = batch.indices.filter { !verdict.known.contains($0) && verdict.unknowable[$0] == nil }.map {
            batch[$0]
        }
        guard !batch.isEmpty else { return outcome }
        var waiting = [batch]
        while let next = waiting.popLast() {
            let answer = try await post(Self.body(next), shape: next[0].shape)
            let response = BatchVerdict.response(
                status: answer.status,
                json: answer.json,
                problem: answer.problem,
                count: next.count
            )
            switch response {
            case .stop(let reason): throw .refused(reason)
            case .verdict(let verdict):
                outcome.accepted += verdict.accepted
                outcome.duplicates += verdict.duplicates
                outcome.refused += verdict.refused.map { FileFault(next[$0.key].position, $0.value) }
                waiting += verdict.again.map { indices in indices.map { next[$0] } }
            }
        }
        return outcome
    }

    /// Which events of a batch the journal has already.
    func verdict(on batch: [FileEvent]) async throws(SendFailure) -> KnownEvents.Verdict {
        var verdict = KnownEvents.Verdict()
        guard let known else { return verdict }
        for start in stride(from: 0, to: batch.count, by: KnownEvents.most) {
            let part = Array(batch[start..<min(batch.count, start + KnownEvents.most)])
            guard let question = known.question(about: part) else { continue }
            let answer = try await post(question, to: KnownEvents.path, as: "application/json")
            guard answer.status == 200 else { throw .refused(answer.problem) }
            guard let found = known.verdict(answer.json, on: part) else {
                throw .refused("the gateway's answer does not tell which events it has")
            }
            verdict.known.formUnion(found.known.map { $0 + start })
            verdict.unknowable.merge(found.unknowable.map { ($0.key + start, $0.value) }) { first, _ in first }
        }
        return verdict
    }

    private static func body(_ batch: [FileEvent]) -> [UInt8] {
        var body: [UInt8] = [UInt8(ascii: "[")]
        body.reserveCapacity(batch.reduce(2) { $0 + $1.json.count + 1 })
        for (index, event) in batch.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += event.json
        }
        body.append(UInt8(ascii: "]"))
        return body
    }

    private func post(_ body: [UInt8], shape: FileEvent.Shape) async throws(SendFailure) -> GatewayClient.Answer {
        let contentType =
            switch shape {
            case .canonical: "application/json"
            case .cloudEvent: "application/cloudevents-batch+json"
            }
        return try await post(body, to: path, as: contentType)
    }

    /// Posts, and retries when the gateway asks for it or is temporarily unreachable.
    private func post(_ body: [UInt8], to path: String, as contentType: String) async throws(SendFailure)
        -> GatewayClient.Answer
    {
        var failures = 0
        var refusals = 0
        while true {
            do {
                let answer = try await client.call(
                    .POST,
                    path,
                    body: body,
                    contentType: contentType
                )
                hasBeenAnswered.withLock { $0 = true }
                guard answer.status == 429 || answer.status == 503 else { return answer }
                refusals += 1
                guard refusals < Self.mostRefusals else { throw SendFailure.refused(answer.problem) }
                let seconds = min(max(answer.retryAfter ?? 1, 1), 60)
                if seconds > 1 { onWait("waiting \(seconds) s: \(answer.problem)") }
                try await pause(seconds)
            } catch let failure as SendFailure {
                throw failure
            } catch let error as GatewayUnreachable {
                failures += 1
                // A gateway that has responded before may be restarting; one that never has is at another address.
                let most = hasBeenAnswered.withLock { $0 } ? Self.mostFailures : Self.mostFailuresAtStart
                guard failures < most else { throw .unreachable(error) }
                if failures == 1 { onWait("\(error.address) is not reachable (\(error.reason)); retrying") }
                try await pause(failures)
            } catch {
                throw .cancelled
            }
        }
    }

    private static let mostRefusals = 20
    /// With pauses of 1, 2, 3, … seconds.
    private static let mostFailures = 8
    private static let mostFailuresAtStart = 3

    private func pause(_ seconds: Int) async throws(SendFailure) {
        do {
            try await Task.sleep(for: .seconds(seconds))
        } catch {
            throw .cancelled
        }
    }
}

/// Why sending stopped. What was accepted stays accepted; the next run continues after it.
package enum SendFailure: Error, CustomStringConvertible {
    case unreachable(GatewayUnreachable)
    case refused(String)
    case file(FileFailure)
    case cancelled

    package var description: String {
        switch self {
        case .unreachable(let error): error.description
        case .refused(let reason): reason
        case .file(let failure): failure.description
        case .cancelled: "sending was cancelled"
        }
    }
}
