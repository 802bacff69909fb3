import ArgumentParser

/// `tollgate send`: posts a file of events.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a file of events. Running it again sends nothing twice.",
        discussion: """
            The file contains JSON: one event per line, an array, {"events": [...]}, or concatenated values; canonical events or \
            CloudEvents; plain or gzip. An event without an ID gets one derived from the source, its content and how often that content \
            occurred before, so the same line in two files is two events. The source is the file's path unless --source sets it. It is \
            stored with the progress in FILE.tollgate-progress; move that file together with FILE.
            """
    )

    @Argument(help: "File, or - for standard input.")
    var file: String

    @Option(help: "Source name from which IDs are derived for events without one.")
    var source: String?

    @Flag(help: "Reject events without an ID.")
    var requireIDs = false

    @OptionGroup var gateway: GatewayOptions

    func validate() throws {
        guard source?.isEmpty != true else { throw ValidationError("--source must not be empty") }
    }

    mutating func run() async throws {
        let sending = FileSending(path: file, source: source, requiresIDs: requireIDs)
        if try await !sending.run(by: try gateway.client) { throw ExitCode(1) }
    }
}
