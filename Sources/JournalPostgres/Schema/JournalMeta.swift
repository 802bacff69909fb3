import Journal
import JournalFormat

/// What the journal says about itself: how its tables are laid out, which journal it is, and the key of its identity hash.
struct JournalMeta: Sendable, Equatable {
    /// The layout of the tables that this version makes, reads and writes.
    static var format: Int { SchemaHistory.current.format }

    /// The layout of the tables.
    let format: Int
    /// The oldest format whose programs can still work with the tables.
    let oldestWriter: Int
    /// Up to which format what older programs needed has been removed.
    let contracted: Int
    /// Tells this journal from all others.
    let journalID: String
    let identityKey: SipHash
    /// The journal that is being moved into the tables; nil when that has ended, or never began.
    let moving: String?

    /// Names of the table's rows.
    enum Name {
        static let (format, oldestWriter, contracted) = ("format", "oldest_writer", "contracted")
        static let (journal, identityKey, moving) = ("journal", "identity_key", "moving")
    }

    /// For a journal that is made now.
    /// - Parameters:
    ///   - journalID: of a journal that is moved here; a new one is drawn by default.
    ///   - identityKey: the same.
    ///   - isMoving: whether the journal is to be moved here before anybody opens it.
    init(
        journalID: String? = nil,
        identityKey: SipHash? = nil,
        isMoving: Bool = false,
        format: Int = JournalMeta.format
    ) {
        let id = journalID ?? (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        self.journalID = id
        self.identityKey =
            identityKey ?? SipHash(key0: .random(in: .min ... .max), key1: .random(in: .min ... .max))
        moving = isMoving ? id : nil
        (self.format, oldestWriter, contracted) = (format, format, format)
    }

    /// Reads what ``rows`` has written.
    /// - Parameters:
    ///   - schema: where the tables are.
    ///   - known: the newest format that the program knows.
    /// - Throws: ``StoreError/newerFormat(path:found:known:)`` if a newer version has changed the tables so that this one cannot use them.
    init(
        reading values: [String: [UInt8]],
        schema: String,
        knowing known: Int = JournalMeta.format
    ) throws(StoreError) {
        func text(_ name: String) throws(StoreError) -> String {
            guard let value = values[name] else {
                throw .unusable(path: schema, reason: "the table meta has no row named \(name)")
            }
            return String(decoding: value, as: UTF8.self)
        }
        func number(_ name: String, else standard: Int) throws(StoreError) -> Int {
            guard values[name] != nil else { return standard }
            guard let number = Int(try text(name)) else {
                throw .unusable(path: schema, reason: "the table meta has no number in the row named \(name)")
            }
            return number
        }
        let key = try text(Name.identityKey).split(separator: " ")
        guard let found = Int(try text(Name.format)), key.count == 2, let key0 = UInt64(key[0]),
            let key1 = UInt64(key[1])
        else { throw .unusable(path: schema, reason: "the table meta has values that are no numbers") }
        format = found
        oldestWriter = try number(Name.oldestWriter, else: found)
        contracted = try number(Name.contracted, else: found)
        guard oldestWriter <= known else { throw .newerFormat(path: schema, found: found, known: known) }
        journalID = try text(Name.journal)
        identityKey = SipHash(key0: key0, key1: key1)
        moving = values[Name.moving].map { String(decoding: $0, as: UTF8.self) }
    }

    /// As the table `meta` keeps it.
    var rows: [(name: String, value: [UInt8])] {
        let texts: [(String, String?)] = [
            (Name.format, "\(format)"), (Name.oldestWriter, "\(oldestWriter)"), (Name.contracted, "\(contracted)"),
            (Name.journal, journalID), (Name.identityKey, "\(identityKey.key0) \(identityKey.key1)"),
            (Name.moving, moving),
        ]
        return texts.compactMap { name, text in text.map { (name, Array($0.utf8)) } }
    }
}
