import Foundation

/// One run of `tollgate send`: a file or standard input, from where the last run to the same journal and tenant ended.
package struct FileRun {
    /// How far a run is.
    package struct Progress: Sendable, Equatable {
        package let events: Int
        package let bytesRead: Int
        /// The size of the file; nil for standard input.
        package let fileBytes: Int?
    }

    /// Reads the events of a file.
    /// - Parameters:
    ///   - source: sets made ids apart from other files'.
    ///   - largestEventBytes: an event with more bytes is a fault.
    package typealias ReaderMaker = (_ bytes: FileBytes, _ source: String, _ largestEventBytes: Int) ->
        any FileEventReading

    private let path: String
    private let source: String?
    private let requiresIDs: Bool
    private let reading: ReaderMaker?
    private let avoiding: String?
    private let onProgress: (Progress) -> Void
    private let onMessage: @Sendable (String) -> Void

    /// - Parameters:
    ///   - path: the file's path; `-` is standard input.
    ///   - source: the name that sets made ids apart from other sources'; nil for the file's own.
    ///   - requiresIDs: whether an event without an id is refused.
    ///   - reading: reads the file; nil for events in the gateway's own shape.
    ///   - avoiding: the provider or adapter to which no event may be sent.
    ///   - onMessage: called with messages for the user.
    package init(
        path: String,
        source: String?,
        requiresIDs: Bool,
        reading: ReaderMaker? = nil,
        avoiding: String? = nil,
        onProgress: @escaping (Progress) -> Void,
        onMessage: @escaping @Sendable (String) -> Void
    ) {
        self.path = path
        self.source = source
        self.requiresIDs = requiresIDs
        self.reading = reading
        self.avoiding = avoiding
        self.onProgress = onProgress
        self.onMessage = onMessage
    }

    /// Sends what earlier runs have not sent.
    package func send(by client: GatewayClient, into summary: inout EventFileSender.Summary) async throws(SendFailure) {
        let sender = EventFileSender(client: client, avoiding: avoiding, onWait: onMessage)
        if path == "-" {
            let identity = try await client.identity()
            let reader = reader(of: .standardInput, source: inputSource, identity)
            return try await sender.send({ () throws(SendFailure) in reader }, after: nil, into: &summary) {
                report($0, fileBytes: nil)
            }
        }
        _ = try Self.open(path)
        try await sendFile(by: sender, to: try await client.identity(), &summary)
    }

    /// Two streams are two sources: whether they are the same is unknown.
    private var inputSource: String { source ?? "stdin-\(UUID().uuidString)" }

    private func sendFile(
        by sender: EventFileSender,
        to identity: GatewayClient.Identity?,
        _ summary: inout EventFileSender.Summary
    ) async throws(SendFailure) {
        let file = ProgressFile(of: URL(filePath: path))
        let isReplaced = file.isOfReplacedFile
        var keeper = ProgressKeeper(file: file, progress: file.load(source: source), onMessage: onMessage)
        let name = keeper.source
        let before = identity.flatMap { keeper.acknowledged(by: $0) }
        keeper.begin()
        let size = FileHandle.size(of: path)
        let openFile = { () throws(SendFailure) in reader(of: try Self.open(path), source: name, identity) }
        try await sender.send(openFile, after: before, into: &summary) { step in
            report(step, fileBytes: size)
            if let identity, let acknowledged = step.acknowledged { keeper.keep(acknowledged, by: identity) }
        }
        if isReplaced, source == nil, summary.skipped == 0, summary.duplicates > 0 {
            onMessage(
                "\(path) is not the file that was sent from this path before. Events without an ID that are equal to events of that file "
                    + "count as duplicates; to send them as new events, give --source a new name."
            )
        }
    }

    private func report(_ step: EventFileSender.Step, fileBytes: Int?) {
        onProgress(Progress(events: step.events, bytesRead: step.bytesRead, fileBytes: fileBytes))
    }

    private func reader(
        of handle: FileHandle,
        source: String,
        _ identity: GatewayClient.Identity?
    ) -> any FileEventReading {
        // Two bytes are the brackets around a batch.
        let limit = identity.map { $0.bodyLimitBytes - 2 } ?? Self.usualBodyLimitBytes
        let bytes = FileBytes(handle)
        return reading?(bytes, source, limit)
            ?? EventFileReader(bytes, source: source, requiresIDs: requiresIDs, largestEventBytes: limit)
    }

    private static let usualBodyLimitBytes = 32 << 20

    /// Reads a file to its end and sends nothing.
    /// - Parameters:
    ///   - path: the file's path; `-` is standard input.
    ///   - onFault: is given each fault.
    package static func read(_ path: String, by reading: ReaderMaker, onFault: (FileFault) -> Void) throws(SendFailure)
    {
        let bytes = FileBytes(try path == "-" ? .standardInput : open(path))
        var reader = reading(bytes, path, usualBodyLimitBytes)
        do throws(FileFailure) {
            while let item = try reader.next() {
                if case .fault(let fault) = item { onFault(fault) }
            }
        } catch {
            throw .file(error)
        }
    }

    private static func open(_ path: String) throws(SendFailure) -> FileHandle {
        do {
            return try FileHandle(forReadingFrom: URL(filePath: path))
        } catch {
            throw .file(.unreadable(reason: (error as NSError).localizedDescription))
        }
    }
}

extension GatewayClient.Identity {
    /// Where events go that this client sends.
    var destination: SendProgress.Destination { SendProgress.Destination(journal: journal, tenant: tenant) }
}

extension FileHandle {
    fileprivate static func size(of path: String) -> Int? {
        do {
            return (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
        } catch {
            return nil
        }
    }
}

/// Keeps the progress of one run in its file. A run that cannot keep it says so once, and the next one sends the events again; their ids
/// keep them from counting twice.
private struct ProgressKeeper {
    private let file: ProgressFile
    private var progress: SendProgress
    private let onMessage: @Sendable (String) -> Void
    private var isKept = true

    init(file: ProgressFile, progress: SendProgress, onMessage: @escaping @Sendable (String) -> Void) {
        self.file = file
        self.progress = progress
        self.onMessage = onMessage
    }

    var source: String { progress.source }

    func acknowledged(by identity: GatewayClient.Identity) -> EventFileSender.Acknowledged? {
        progress.sent(to: identity.destination).map {
            EventFileSender.Acknowledged(events: $0.events, digest: $0.digest)
        }
    }

    /// Notes the source before the first event is sent, so that the file may be renamed whatever comes of the run.
    mutating func begin() {
        do {
            try file.handOver()
            try file.save(progress)
        } catch {
            giveUp(error)
        }
    }

    mutating func keep(_ acknowledged: EventFileSender.Acknowledged, by identity: GatewayClient.Identity) {
        guard isKept else { return }
        progress.note(
            SendProgress.Sent(
                destination: identity.destination,
                events: acknowledged.events,
                digest: acknowledged.digest
            )
        )
        do {
            try file.save(progress)
        } catch {
            giveUp(error)
        }
    }

    private mutating func giveUp(_ error: any Error) {
        isKept = false
        onMessage("the progress file cannot be written next to the file: \((error as NSError).localizedDescription)")
    }
}
