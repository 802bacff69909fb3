import Journal
import JournalFormat

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The different texts of one column of a segment, numbered from 1 on in the order in which they came; 0 stands for no text.
///
/// The same text of two tenants has two numbers, so that a number tells the tenant too. The table is open-addressed and at most
/// half full, and its memory goes to disk as it is.
///
/// ```
/// entries, slots   4 bytes each: how many
/// slots            4 bytes each: a number, or 0
/// entries          12 bytes each: tenant, hash, where the text ends
/// texts            one after the other
/// ```
struct TextTable: Sendable {
    struct Entry: Sendable {
        var tenant: UInt32
        var hash: UInt32
        var end: UInt32
    }

    /// Where the pieces of an encoded table are.
    struct Layout {
        let entries: Int
        let slots: Int

        /// - Parameter length: of the whole table.
        /// - Returns: nil if no table has these sizes.
        init?(entries: Int, slots: Int, length: Int) {
            guard slots > 0, slots & (slots - 1) == 0, entries >= 0, entries < slots,
                TextTable.headerBytes + slots * TextTable.slotBytes + entries * TextTable.entryBytes <= length
            else { return nil }
            self.entries = entries
            self.slots = slots
        }

        func slot(_ index: Int) -> Int { TextTable.headerBytes + index * TextTable.slotBytes }

        /// - Parameter index: from 0 on.
        func entry(_ index: Int) -> Int { slot(slots) + index * TextTable.entryBytes }

        /// Where the texts begin.
        var texts: Int { entry(entries) }
    }

    static let headerBytes = 8
    static let slotBytes = 4
    static let entryBytes = 12

    private(set) var entries: [Entry] = []
    private var texts: [UInt8] = []
    private var slots = [UInt32](repeating: 0, count: 16)
    /// Neighbours often have the same text.
    private var lastNumber: UInt32 = 0

    /// The number of a text, given now if it is new.
    mutating func number(of text: UnsafeRawBufferPointer, tenant: UInt32, key: SipHash) -> UInt32 {
        if lastNumber != 0, isText(lastNumber, text, tenant) { return lastNumber }
        let hash = Self.hash(text, tenant: tenant, key: key)
        var index = Int(hash) & (slots.count - 1)
        while slots[index] != 0 {
            let number = slots[index]
            if entries[Int(number) - 1].hash == hash, isText(number, text, tenant) {
                lastNumber = number
                return number
            }
            index = (index + 1) & (slots.count - 1)
        }
        texts.append(contentsOf: text)
        entries.append(Entry(tenant: tenant, hash: hash, end: UInt32(texts.count)))
        lastNumber = UInt32(entries.count)
        slots[index] = lastNumber
        if entries.count * 2 > slots.count { grow() }
        return lastNumber
    }

    static func hash(_ text: UnsafeRawBufferPointer, tenant: UInt32, key: SipHash) -> UInt32 {
        UInt32(truncatingIfNeeded: key.hash(text)) ^ (tenant &* 0x9E37_79B1)
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            Self.headerBytes + slots.count * Self.slotBytes + entries.count * Self.entryBytes + texts.count
        )
        func append(_ number: UInt32) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(UInt32(entries.count))
        append(UInt32(slots.count))
        for slot in slots { append(slot) }
        for entry in entries {
            append(entry.tenant)
            append(entry.hash)
            append(entry.end)
        }
        return bytes + texts
    }

    private func isText(_ number: UInt32, _ text: UnsafeRawBufferPointer, _ tenant: UInt32) -> Bool {
        let index = Int(number) - 1
        let entry = entries[index]
        let start = index == 0 ? 0 : Int(entries[index - 1].end)
        guard entry.tenant == tenant, Int(entry.end) - start == text.count else { return false }
        guard let base = text.baseAddress, !text.isEmpty else { return true }
        return texts.withUnsafeBytes { memcmp($0.baseAddress! + start, base, text.count) == 0 }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (offset, entry) in entries.enumerated() {
            var index = Int(entry.hash) & (slots.count - 1)
            while slots[index] != 0 { index = (index + 1) & (slots.count - 1) }
            slots[index] = UInt32(offset + 1)
        }
    }
}
