import Foundation
import Ingress
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// A certificate whose files change while the gateway runs.
@Suite struct CertificateReloaderTests {
    /// Remembers messages.
    private final class Messages: Sendable {
        private let list = Mutex<[String]>([])

        var all: [String] { list.withLock { $0 } }

        func add(_ message: String) { list.withLock { $0.append(message) } }
    }

    private struct Handler: LogHandler {
        let messages: Messages
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { messages.add("\(event.message)") }
    }

    /// - Parameter days: how long the first certificate is valid.
    private func watching(
        days: Int = 30,
        changing change: (Certificates) async throws -> Void = { _ in },
        _ body: (Certificates, ServerCertificate, Messages) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let files = Certificates(in: folder)
            try await files.makeAuthority("one")
            try await files.makeServer(signedBy: "one", days: days)
            let messages = Messages()
            let reloader = try CertificateReloader(
                reading: ServerCertificate.Files(certificate: files.certificate, key: files.key),
                logger: Logger(label: "test") { _ in Handler(messages: messages) }
            )
            try await change(files)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await reloader.run() }
                try await body(files, reloader.certificate, messages)
                group.cancelAll()
            }
        }
    }

    private func isValid(_ certificate: ServerCertificate, forMoreThan days: Int) -> Bool {
        certificate.validUntil.timeIntervalSinceNow > TimeInterval(days * 86_400)
    }

    @Test func `takes a new pair over`() async throws {
        try await watching { (files, certificate, messages) async throws in
            #expect(!isValid(certificate, forMoreThan: 60))
            try await files.makeServer(signedBy: "one", days: 90)
            try await waitUntil("the new certificate is in force") { isValid(certificate, forMoreThan: 60) }
            try await waitUntil("it is logged") { messages.all.contains("the certificate was reloaded") }
            #expect(!messages.all.contains { $0.contains("expires soon") })
        }
    }

    @Test func `takes a pair over that came between the reading and the watch`() async throws {
        let change: (Certificates) async throws -> Void = { try await $0.makeServer(signedBy: "one", days: 90) }
        try await watching(changing: change) { (_, certificate, _) async throws in
            try await waitUntil("the new certificate is in force") { isValid(certificate, forMoreThan: 60) }
        }
    }

    @Test func `keeps the pair in force while only one of the files is new`() async throws {
        try await watching { (files, certificate, messages) async throws in
            try await files.makeNew(signedBy: "one", days: 90)
            try files.putNewCertificate()
            try await waitUntil("the pair is refused") { messages.all.contains { $0.contains("is invalid") } }
            #expect(!isValid(certificate, forMoreThan: 60))
            try files.putNewKey()
            try await waitUntil("the new certificate is in force") { isValid(certificate, forMoreThan: 60) }
        }
    }

    @Test func `keeps the pair in force while a file is missing or no certificate`() async throws {
        try await watching { (files, certificate, messages) async throws in
            try Data("no certificate".utf8).write(to: files.certificate, options: .atomic)
            try await waitUntil("it is refused") { messages.all.contains { $0.contains("is invalid") } }
            #expect(isValid(certificate, forMoreThan: 20))
            try FileManager.default.removeItem(at: files.certificate)
            try await waitUntil("it is refused again") { messages.all.count { $0.contains("is invalid") } >= 2 }
            #expect(isValid(certificate, forMoreThan: 20))
            try await files.makeServer(signedBy: "one", days: 90)
            try await waitUntil("the good one is in force") { isValid(certificate, forMoreThan: 60) }
        }
    }

    @Test(arguments: [(10, true), (30, false)])
    func `warns of a certificate that ends within two weeks`(days: Int, isWarned: Bool) async throws {
        try await watching(days: days) { (files, certificate, messages) async throws in
            try await files.makeServer(signedBy: "one", days: 90)
            try await waitUntil("the new certificate is in force") { isValid(certificate, forMoreThan: 60) }
            #expect(messages.all.contains { $0.contains("expires soon") } == isWarned)
        }
    }
}
