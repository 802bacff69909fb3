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
    private let terms: SendTerms
    private let onProgress: (Progress) -> Void
    private let onMessage: @Sendable (String) -> Void

    /// - Parameters:
    ///   - path: the file's path; `-` is standard input.
    ///   - source: the name that sets made ids apart from other sources'; nil for the file's own.
    ///   - requiresIDs: whether an event without an id is refused.
    ///   - reading: reads the file; nil for events in the gateway's own shape.
    ///   - onMessage: called with messages for the user.
    package init(
        path: String,
        source: String?,
        requiresIDs: Bool,
        reading: ReaderMaker? = nil,
        terms: SendTerms = SendTerms(),
        onProgress: @escaping (Progress) -> Void,
        onMessage: @escaping @Sendable (String) -> Void
    ) {
        self.path = path
        self.source = source
        self.requiresIDs = requiresIDs
        self.reading = reading
        self.terms = terms
        self.onProgress = onProgress
        self.onMessage = onMessage
    }

    /// Sends what earlier runs have not sent.
    package func send(by client: GatewayClient, into summary: inout EventFileSender.Summary) async throws(SendFailure) {
        let sender = EventFileSender(client: client, terms: terms, onWait: onMessage)
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
    ///   - client: asked which events it has already; nil: nobody is asked.
    ///   - onFault: is given each fault.
    /// - Returns: how many events the journal has already.
    package static func read(
        _ path: String,
        by reading: ReaderMaker,
        asking client: (gateway: GatewayClient, known: KnownEvents)? = nil,
        onFault: (FileFault) -> Void
    ) async throws(SendFailure) -> Int {
        let bytes = FileBytes(try path == "-" ? .standardInput : open(path))
        var reader = reading(bytes, path, usualBodyLimitBytes)
        let sender = client.map { BatchSender(client: $0.gateway, terms: SendTerms(known: $0.known), onWait: { _ in }) }
        var known = 0
        var batch: [FileEvent] = []
        while let item = try next(of: &reader) {
            switch item {
            case .fault(let fault): onFault(fault)
            case .event(let event):
                guard let sender, event.identity != nil else { continue }
                batch.append(event.withoutContent)
                if batch.count == KnownEvents.most { known += try await ask(sender, about: &batch, onFault) }
            }
        }
        if let sender { known += try await ask(sender, about: &batch, onFault) }
        return known
    }

    private static func next(of reader: inout any FileEventReading) throws(SendFailure) -> EventFileReader.Item? {
        do {
            return try reader.next()
        } catch {
            throw .file(error)
        }
    }

    private static func ask(_ sender: BatchSender, about batch: inout [FileEvent], _ onFault: (FileFault) -> Void)
        async throws(SendFailure) -> Int
    {
        let verdict = try await sender.verdict(on: batch)
        for (index, reason) in verdict.unknowable.sorted(by: { $0.key < $1.key }) {
            onFault(FileFault(batch[index].position, reason))
        }
        batch = []
        return verdict.known.count
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
