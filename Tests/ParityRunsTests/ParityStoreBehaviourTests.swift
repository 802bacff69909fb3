import Foundation
import Parity
import ParityBehaviour
import ParityRuns
import TestSupport
import Testing

@Suite struct ParityStoreBehaviourTests {
    @Test(arguments: ParityBehaviour.checks)
    func `keeps the promises of every storage of comparisons`(check: ParityCheck) async throws {
        try await withTemporaryFolder { folder in try await check.run(on: FileFixture(folder: folder)) }
    }
}

/// Comparisons in a file.
private struct FileFixture: ParityFixture {
    let folder: URL

    func open() async throws -> any ParityStorage { try ParityStore(in: folder) }

    func restart(_ storage: any ParityStorage) async throws -> any ParityStorage {
        try await storage.close()
        return try ParityStore(in: folder)
    }

    func close(_ storage: any ParityStorage) async throws { try await storage.close() }
}
