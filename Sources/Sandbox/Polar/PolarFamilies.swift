/// Which event is whose parent, found as Polar finds it: by the external id, or by the id that Polar gave.
///
/// What has no way up to an event without a parent is in no read and in no meter, until that parent comes.
struct PolarFamilies {
    /// Each event with its id at Polar.
    let members: [Member]

    struct Member {
        let id: String
        let entry: Books.Entry
        /// The place of the parent; nil for an event without one, and for one whose parent is not there.
        fileprivate(set) var parent: Int?
        /// Whether the way up ends at an event without a parent.
        fileprivate(set) var isRooted = false
        /// The ids of its parent, the parent's parent, and so on.
        fileprivate(set) var ancestors: [String] = []
        fileprivate(set) var children = 0
    }

    /// - Parameter id: the id that Polar gave an event.
    init(_ entries: [Books.Entry], id: (Books.Entry) -> String) {
        var members = entries.map { Member(id: id($0), entry: $0) }
        var places: [String: Int] = [:]
        for (place, member) in members.enumerated() {
            places[member.id] = place
            if let external = member.entry.event["external_id"]?.string { places[external] = place }
        }
        for place in members.indices {
            guard let name = members[place].entry.event["parent_id"]?.string, let parent = places[name], parent != place
            else { continue }
            members[place].parent = parent
            members[parent].children += 1
        }
        for place in members.indices { Self.climb(from: place, in: &members) }
        self.members = members
    }

    /// Those that reads show.
    var shown: [Member] { members.filter(\.isRooted) }

    /// The id of a member's parent at Polar.
    func parentID(of member: Member) -> String? { member.parent.map { members[$0].id } }

    private static func climb(from place: Int, in members: inout [Member]) {
        var ancestors: [String] = []
        var at = place
        // A ring has no end; a way longer than the number of events goes round.
        while let parent = members[at].parent, ancestors.count < members.count {
            ancestors.append(members[parent].id)
            at = parent
        }
        let isEnd = members[at].parent == nil
        let namesNobody = members[at].entry.event["parent_id"]?.string == nil
        members[place].ancestors = ancestors
        members[place].isRooted = isEnd && namesNobody
    }
}
