package import Events
package import Journal

/// How the behaviour suite gets hold of one implementation of ``EventStore``.
package protocol StoreFixture: Sendable {
    /// Opens a store on storage that is new and empty. Called once.
    func open() async throws -> any EventStore

    /// Closes the store as a shutdown does, and opens another on the same storage.
    func restart(_ store: any EventStore) async throws -> any EventStore

    /// Opens another store on what the storage would hold if the process had been killed now.
    func crash(_ store: any EventStore) async throws -> any EventStore

    /// Makes the stored bytes of the chunk that holds this event unreadable, and opens another store on them.
    func damage(_ sequence: SequenceNumber, of store: any EventStore) async throws -> any EventStore

    /// Closes the store for good.
    func close(_ store: any EventStore) async

    /// Whether the next holder of an account is told which of the intended requests had not left: where it may be another machine, whatever was
    /// intended counts as sent.
    var tellsDepartures: Bool { get }
}

/// One promise of ``EventStore`` and its proof.
package struct StoreCheck: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    package let description: String
    private let proof: @Sendable (any EventStore, any StoreFixture) async throws -> any EventStore

    /// - Parameter proof: returns the store that is open at the end.
    init(
        _ description: String,
        _ proof: @escaping @Sendable (any EventStore, any StoreFixture) async throws -> any EventStore
    ) {
        self.description = description
        self.proof = proof
    }

    /// Proves the promise on a new store.
    /// - Throws: ``BrokenPromise``, or what the store throws.
    package func run(on fixture: some StoreFixture) async throws {
        let store = try await fixture.open()
        do {
            await fixture.close(try await proof(store, fixture))
        } catch {
            await fixture.close(store)
            throw error
        }
    }
}

/// All promises that every implementation of ``EventStore`` must keep.
package enum StoreBehaviour {
    package static let checks: [StoreCheck] =
        appending + claiming + leasing + settling + retrying + interruptions + revising + lookups + searching
        + searchingWhatIsLeft
        + following + recording + archive + retention + lanes + laneLife
        + shadows + deliveryLists
        + concurrency + auditing + migrations + isolation
        + waiting
}

/// A store did not do what its protocol says.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String
}

/// Holds two values against each other.
func expect<Value: Equatable>(
    _ found: Value,
    _ expected: Value,
    _ what: String,
    line: UInt = #line
) throws {
    guard found == expected else {
        throw BrokenPromise(description: "\(what) (line \(line)): found \(found), expected \(expected)")
    }
}

/// Unwraps what must be there.
func require<Value>(_ value: Value?, _ what: String, line: UInt = #line) throws -> Value {
    guard let value else { throw BrokenPromise(description: "\(what) (line \(line)): found nothing") }
    return value
}
