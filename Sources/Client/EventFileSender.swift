package import Foundation
import JSON
import NIOHTTP1

/// Posts a file's events batch by batch, and remembers how far it got.
package struct EventFileSender: Sendable {
    private let client: GatewayClient
    private let progressFile: URL?
    private let batchSize: Int

    /// - Parameter progressFile: where to remember; nil for standard input, which cannot be sent again.
    package init(client: GatewayClient, progressFile: URL?, batchSize: Int = 500) {
        self.client = client
        self.progressFile = progressFile
        self.batchSize = batchSize
    }

    /// What came of a file.
    package struct Summary: Sendable {
        package var accepted = 0
        package var duplicates = 0
        /// Sent by an earlier run, and not again.
        package var skipped = 0
        /// Places of the file that were refused, and why.
        package var refused: [(place: Int, message: String)] = []
    }

    /// Why sending stopped. What was accepted until then stays so; the next run goes on behind it.
    package enum Failure: Error, CustomStringConvertible {
        case unreachable(GatewayUnreachable)
        case refused(String)

        package var description: String {
            switch self {
            case .unreachable(let error): error.description
            case .refused(let reason): reason
            }
        }
    }

    /// Sends what an earlier run has not sent.
    /// - Parameter onProgress: told how many of how many events are done.
    package func send(_ file: EventFile, onProgress: (Int, Int) -> Void) async throws(Failure) -> Summary {
        var summary = Summary()
        summary.refused = file.faults
        var done = resumePoint(in: file)
        var digest = RunningDigest()
        for entry in file.entries.prefix(done) { digest.add(entry) }
        summary.skipped = done
        onProgress(done, file.entries.count)
        while done < file.entries.count {
            let batch = nextBatch(of: file, from: done)
            try await send(batch, &summary)
            done += batch.count
            for entry in batch { digest.add(entry) }
            // From the first refusal on nothing is remembered: when its cause is mended, the next run tries again, and the ids keep
            // what was accepted from counting twice.
            if summary.refused.isEmpty { remember(done, digest) }
            onProgress(done, file.entries.count)
        }
        summary.refused.sort { $0.place < $1.place }
        return summary
    }

    /// As many events as one request takes, by count and by bytes; at least one.
    private func nextBatch(of file: EventFile, from start: Int) -> [EventFile.Entry] {
        var batch: [EventFile.Entry] = []
        var bytes = 0
        for entry in file.entries[start...].prefix(batchSize) {
            guard batch.isEmpty || bytes + entry.json.count <= Self.largestBatchBytes else { break }
            batch.append(entry)
            bytes += entry.json.count + 1
        }
        return batch
    }

    private static let largestBatchBytes = 4 << 20

    private func send(_ batch: [EventFile.Entry], _ summary: inout Summary) async throws(Failure) {
        var body: [UInt8] = [UInt8(ascii: "[")]
        for (index, entry) in batch.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += entry.json
        }
        body.append(UInt8(ascii: "]"))
        let answer = try await post(body)
        switch answer.status {
        case 202, 207: note(answer, batch, &summary)
        case 409, 422: noteProblem(answer, batch, &summary)
        default: throw .refused(answer.problem)
        }
    }

    private func note(_ answer: GatewayClient.Answer, _ batch: [EventFile.Entry], _ summary: inout Summary) {
        for event in answer.json?["events"].map({ Array($0.elements) }) ?? [] {
            switch event["status"]?.string {
            case "accepted": summary.accepted += 1
            case "duplicate": summary.duplicates += 1
            default:
                guard let index = event["index"]?.int64, batch.indices.contains(Int(index)) else { continue }
                let reasons = event["errors"].map { Array($0.elements) } ?? []
                summary.refused.append(
                    (batch[Int(index)].place, reasons.compactMap { $0["message"]?.string }.joined(separator: "; "))
                )
            }
        }
    }

    /// Nothing of the batch was good.
    private func noteProblem(_ answer: GatewayClient.Answer, _ batch: [EventFile.Entry], _ summary: inout Summary) {
        for error in answer.json?["errors"].map({ Array($0.elements) }) ?? [] {
            let index = error["index"]?.int64.map { Int($0) } ?? 0
            guard batch.indices.contains(index) else { continue }
            summary.refused.append((batch[index].place, error["message"]?.string ?? answer.problem))
        }
    }

    /// Posts, and comes back when the gateway asks for it or cannot be reached for a moment.
    private func post(_ body: [UInt8]) async throws(Failure) -> GatewayClient.Answer {
        var attempt = 0
        while true {
            attempt += 1
            do {
                let answer = try await client.call(.POST, "/v1/events?partial=true", body: body)
                guard answer.status == 429 || answer.status == 503, attempt < 20 else { return answer }
                await pause(seconds: max(answer.retryAfter ?? 1, 0))
            } catch {
                guard attempt < 4 else { throw .unreachable(error) }
                await pause(seconds: attempt)
            }
        }
    }

    private func pause(seconds: Int) async {
        do {
            try await Task.sleep(for: .seconds(min(seconds, 60)))
        } catch {
            return
        }
    }

    // MARK: - Progress

    /// How many events an earlier run sent to the same gateway, if the file still starts with them.
    private func resumePoint(in file: EventFile) -> Int {
        guard let progressFile, let data = FileManager.default.contents(atPath: progressFile.path) else { return 0 }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: [UInt8](data))
        } catch {
            return 0
        }
        guard document.root["url"]?.string == client.address,
            let count = document.root["events"]?.int64.map({ Int($0) }),
            (0...file.entries.count).contains(count), document.root["digest"]?.string == file.digest(ofFirst: count)
        else { return 0 }
        return count
    }

    private func remember(_ count: Int, _ digest: RunningDigest) {
        guard let progressFile else { return }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("url", string: client.address)
        writer.member("events", integer: count)
        writer.member("digest", string: digest.text)
        writer.endObject()
        // A run that cannot remember repeats at most what the ids keep from being billed twice.
        _ = FileManager.default.createFile(atPath: progressFile.path, contents: Data(writer.bytes))
    }
}
