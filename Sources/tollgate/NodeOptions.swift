import ArgumentParser
import ConfigurationFile
import Foundation
import Gateway
import JournalPostgres

/// The options of a gateway that shares its store with others.
struct NodeOptions: ParsableArguments {
    @Option(
        help: "Name of this gateway among those that share the store (default: the host name; env: TOLLGATE_NODE_NAME)."
    )
    var nodeName: String?

    @Option(
        help: """
            How long a gateway may be silent until the others deliver for it, from 2s to 60s (default: 10s; env: TOLLGATE_LEASE).
            """
    )
    var lease: String?

    @Option(
        help:
            "Streams that this gateway writes to a shared store at a time, from 1 to 16 (default: 2; env: TOLLGATE_STORE_SLOTS)."
    )
    var storeSlots: Int?

    @Option(
        help:
            "Connections to a shared store for lists and searches, from 2 to 64 (default: 4; env: TOLLGATE_STORE_READERS)."
    )
    var storeReaders: Int?

    @Option(
        help: """
            When the shared store begins another part of the index of IDs: an age from 1h to 30d and a number of IDs from 1000 to 1000000000 \
            (default: 24h,20000000; env: TOLLGATE_IDENTITY_PART).
            """
    )
    var identityPart: String?

    @Flag(
        help: """
            Use a PostgreSQL server with fsync, full_page_writes or synchronous_commit off, which can lose events that were acknowledged.
            """
    )
    var storeAllowDataLoss = false

    mutating func validate() throws {
        let environment = ProcessInfo.processInfo.environment
        nodeName = nodeName ?? environment["TOLLGATE_NODE_NAME"]
        if let nodeName, nodeName.isEmpty || nodeName.utf8.count > 200 {
            throw ValidationError("the node name must have 1 to 200 bytes")
        }
        lease = lease ?? environment["TOLLGATE_LEASE"]
        if let lease, Self.readLease(lease) == nil {
            throw ValidationError("the lease must be a duration from 2s to 60s; found \"\(lease)\"")
        }
        storeSlots = try Variable.limit("TOLLGATE_STORE_SLOTS", else: storeSlots, option: "--store-slots", in: 1...16)
        storeReaders = try Variable.limit(
            "TOLLGATE_STORE_READERS",
            else: storeReaders,
            option: "--store-readers",
            in: 2...64
        )
        identityPart = identityPart ?? environment["TOLLGATE_IDENTITY_PART"]
        if let identityPart, Self.readPart(identityPart) == nil {
            throw ValidationError(
                "the part of the index of IDs must be an age from 1h to 30d and a number from 1000 to 1000000000, such as 24h,20000000; "
                    + "found \"\(identityPart)\""
            )
        }
    }

    /// Puts what was given into the settings.
    func apply(to settings: inout PostgresStoreSettings) {
        settings.nodeName = nodeName ?? Self.hostName
        if let lease = lease.flatMap(Self.readLease) { settings.lease = lease }
        if let storeSlots { settings.slots = storeSlots }
        if let storeReaders { settings.readers = storeReaders }
        if let part = identityPart.flatMap(Self.readPart) { settings.identityPart = part }
        settings.allowsDataLoss = storeAllowDataLoss
    }

    /// 2 to 60 seconds: a shorter lease is lost in a short pause, a longer one delays the takeover by another gateway.
    private static func readLease(_ text: String) -> Duration? {
        DurationText.read(text).flatMap { (Duration.seconds(2)...Duration.seconds(60)).contains($0) ? $0 : nil }
    }

    /// Reads `AGE,COUNT`, the limits at which a part of the identities is closed.
    private static func readPart(_ text: String) -> IdentityPartLimits? {
        let halves = text.split(separator: ",", omittingEmptySubsequences: false)
        guard halves.count == 2, let age = DurationText.read(String(halves[0])), let count = Int64(halves[1]),
            (Duration.seconds(3600)...Duration.seconds(30 * 86_400)).contains(age),
            (1000...1_000_000_000).contains(count)
        else { return nil }
        return IdentityPartLimits(age: age, identities: count)
    }

    /// `tollgate` where the system does not tell it.
    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "tollgate" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "tollgate" : String(decoding: bytes, as: UTF8.self)
    }
}
