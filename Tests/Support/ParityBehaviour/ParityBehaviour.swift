package import Parity

/// How the behaviour suite gets hold of one implementation of ``ParityStorage``.
package protocol ParityFixture: Sendable {
    /// Opens storage that is new and empty. Called once.
    func open() async throws -> any ParityStorage

    /// Closes the storage, and opens it again as another process does.
    func restart(_ storage: any ParityStorage) async throws -> any ParityStorage

    /// Closes the storage for good.
    func close(_ storage: any ParityStorage) async throws
}

/// One promise of ``ParityStorage`` and its proof.
package struct ParityCheck: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    package let description: String
    private let proof: @Sendable (any ParityStorage, any ParityFixture) async throws -> any ParityStorage

    /// - Parameter proof: returns the storage that is open at the end.
    init(
        _ description: String,
        _ proof: @escaping @Sendable (any ParityStorage, any ParityFixture) async throws -> any ParityStorage
    ) {
        self.description = description
        self.proof = proof
    }

    /// Proves the promise on new storage.
    /// - Throws: ``BrokenParityPromise``, or what the storage throws.
    package func run(on fixture: some ParityFixture) async throws {
        try await fixture.close(try await proof(try await fixture.open(), fixture))
    }
}

/// All promises that every implementation of ``ParityStorage`` must keep.
package enum ParityBehaviour {
    package static let checks: [ParityCheck] = runs + progress + findings + decisions + watches
}

/// A promise that an implementation does not keep.
package struct BrokenParityPromise: Error, CustomStringConvertible {
    package let description: String
}

/// - Throws: ``BrokenParityPromise`` if the two differ.
func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
    guard found != expected else { return }
    throw BrokenParityPromise(description: "\(what): found \(found), expected \(expected)")
}
