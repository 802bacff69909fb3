import JSON

/// One field that differs between two translations of an event.
package struct FieldDifference: Sendable, Equatable {
    /// The path of the field in the vendor's format, such as `properties.units`.
    package let path: String
    /// The value before, as JSON; nil if the field was not there.
    package let before: String?
    /// The value after.
    package let after: String?

    package init(path: String, before: String?, after: String?) {
        self.path = path
        self.before = before
        self.after = after
    }

    private static let longestValue = 200

    /// The fields that differ. Bodies that are not JSON differ as a whole, at the path `body`.
    package static func all(between before: [UInt8], and after: [UInt8]) -> [FieldDifference] {
        guard let old = JSONDocument(ifValid: before), let new = JSONDocument(ifValid: after) else {
            return [FieldDifference(path: "body", before: text(before[...]), after: text(after[...]))]
        }
        var found: [FieldDifference] = []
        compare(old.root, new.root, at: "", &found)
        // The same members in another order are a different body too.
        return found.isEmpty ? [FieldDifference(path: "order of fields", before: nil, after: nil)] : found
    }

    private static func compare(_ old: JSONValue, _ new: JSONValue, at path: String, _ found: inout [FieldDifference]) {
        guard old.kind == .object, new.kind == .object else {
            if old.raw != new.raw {
                let path = path.isEmpty ? "body" : path
                found.append(FieldDifference(path: path, before: text(old.raw), after: text(new.raw)))
            }
            return
        }
        if old.raw == new.raw { return }
        // An adapter writes its members in a fixed order; only properties that were added or removed change it.
        let (members, others) = (Array(old.members), Array(new.members))
        if members.count == others.count, zip(members, others).allSatisfy({ $0.key.raw == $1.key.raw }) {
            for (member, other) in zip(members, others) where member.value.raw != other.value.raw {
                compare(member.value, other.value, at: inner(member.name, of: path), &found)
            }
        } else {
            compare(members, others, at: path, &found)
        }
    }

    private static func compare(
        _ old: [JSONMember],
        _ new: [JSONMember],
        at path: String,
        _ found: inout [FieldDifference]
    ) {
        // By name, because an event may have any number of properties.
        let (known, others) = (byName(old), byName(new))
        for member in old {
            let path = inner(member.name, of: path)
            if let other = others[Array(member.name.utf8)] {
                compare(member.value, other.value, at: path, &found)
            } else {
                found.append(FieldDifference(path: path, before: text(member.value.raw), after: nil))
            }
        }
        for member in new where known[Array(member.name.utf8)] == nil {
            let path = inner(member.name, of: path)
            found.append(FieldDifference(path: path, before: nil, after: text(member.value.raw)))
        }
    }

    private static func byName(_ members: [JSONMember]) -> [[UInt8]: JSONMember] {
        Dictionary(members.map { (Array($0.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func inner(_ name: String, of path: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(longestValue), as: UTF8.self)
        return bytes.count > longestValue ? text + "…" : text
    }
}
