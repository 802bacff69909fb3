import Access
import ConfigurationFile
import Events
import JSON
import Notifications

/// Reads `notifications` of one `routes.json`.
struct NotificationReader {
    private typealias Fields = NotificationFields

    private static let mostRecipients = 20

    /// - Parameter value: nil if the file has none.
    static func read(_ value: JSONValue?, _ fields: inout FieldReader) -> NotificationSettings {
        guard let value, value.kind == .object else { return NotificationSettings() }
        let members = fields.members(of: value, Fields.all, in: "\"notifications\"")
        let name = members["name"]?.string
        if let name, let value = members["name"], !NameRule.isMet(by: name) {
            fields.fault(value, NameRule.broken("the gateway's name in notifications", name))
        }
        return NotificationSettings(
            gateway: name ?? "gateway",
            rules: rules(members),
            pacing: pacing(members),
            receivers: receivers(members["receivers"], &fields)
        )
    }

    private static func rules(_ members: [String: JSONValue]) -> NotificationRules {
        var rules = NotificationRules()
        rules.circuitOpen = Fields.circuitOpen.value(in: members)
        rules.backlog = Fields.backlog.value(in: members)
        rules.memoryLeft = Fields.memoryLeft.value(in: members)
        rules.keyExpiry = Fields.keyExpiry.value(in: members)
        rules.quiet = Fields.quiet.value(in: members)
        return rules
    }

    private static func pacing(_ members: [String: JSONValue]) -> NotificationPacing {
        var pacing = NotificationPacing()
        pacing.gather = Fields.gather.value(in: members)
        pacing.interval = Fields.interval.value(in: members)
        pacing.settle = Fields.settle.value(in: members)
        pacing.repeatAfter = Fields.repeatAfter.value(in: members)
        return pacing
    }

    // MARK: Receivers

    private static func receivers(_ value: JSONValue?, _ fields: inout FieldReader) -> [Receiver] {
        guard let value else { return [] }
        let members = Array(value.members)
        let most = NotificationSettings.mostReceivers
        if members.count > most {
            fields.fault(value, "there are \(members.count) receivers, and at most \(most) may be")
        }
        var names: Set<String> = []
        return members.prefix(most).compactMap { member in
            if !names.insert(member.name).inserted {
                fields.fault(member.key, "the receiver \"\(member.name)\" is duplicated")
            }
            if !NameRule.isMet(by: member.name) {
                fields.fault(member.key, NameRule.broken("a receiver's name", member.name))
            }
            return receiver(member, &fields)
        }
    }

    private static func receiver(_ member: JSONMember, _ fields: inout FieldReader) -> Receiver? {
        guard member.value.kind == .object else {
            fields.fault(
                member.value,
                "the receiver \"\(member.name)\" must be an object, found \(member.value.kind.phrase)"
            )
            return nil
        }
        let members = fields.members(of: member.value, Fields.receiver, in: "the receiver \"\(member.name)\"")
        guard let type = members["type"]?.string.flatMap(Fields.ChannelType.init(rawValue:)) else { return nil }
        refuseFieldsOfOthers(members, type, &fields)
        let kinds = Fields.kinds.value(in: members)
        if let value = members["kinds"], Array(value.elements).isEmpty {
            fields.fault(
                value,
                "\"kinds\" is empty, so the receiver would be told nothing; remove it to tell it everything"
            )
        }
        let channel: Receiver.Channel? =
            switch type {
            case .webhook: webhook(member.value, members, &fields)
            case .slack: slack(member.value, members, &fields)
            case .mail: mail(member.value, members, &fields).map(Receiver.Channel.mail)
            }
        return channel.map { Receiver(name: member.name, channel: $0, kinds: kinds) }
    }

    private static func refuseFieldsOfOthers(
        _ members: [String: JSONValue],
        _ type: Fields.ChannelType,
        _ fields: inout FieldReader
    ) {
        let foreign: [String] =
            switch type {
            case .webhook: ["from", "to", "program"]
            case .slack: ["from", "to", "program", "secret"]
            case .mail: ["url", "secret", Fields.plainHTTP.field.name]
            }
        for name in foreign {
            guard let value = members[name] else { continue }
            fields.fault(value, "\"\(name)\" does not apply to a receiver of type \(type.rawValue)")
        }
    }

    private static func webhook(
        _ receiver: JSONValue,
        _ members: [String: JSONValue],
        _ fields: inout FieldReader
    ) -> Receiver.Channel? {
        let address = Self.address(receiver, members, mayBeText: true, &fields)
        guard let secret = members["secret"] else {
            if receiver["secret"] == nil {
                fields.fault(receiver, "\"secret\" is missing: the source of the secret by which messages are signed")
            }
            return nil
        }
        guard let source = CredentialSource.read(secret, &fields), let address else { return nil }
        return .webhook(address, secret: source)
    }

    private static func slack(
        _ receiver: JSONValue,
        _ members: [String: JSONValue],
        _ fields: inout FieldReader
    ) -> Receiver.Channel? {
        Self.address(receiver, members, mayBeText: false, &fields).map(Receiver.Channel.slack)
    }

    /// - Parameter mayBeText: whether the address itself may be in the file.
    private static func address(
        _ receiver: JSONValue,
        _ members: [String: JSONValue],
        mayBeText: Bool,
        _ fields: inout FieldReader
    ) -> ReceiverAddress? {
        guard let value = members["url"] else {
            // One of a wrong kind is a fault already.
            if receiver["url"] == nil { fields.fault(receiver, "\"url\" is missing: the receiver's address") }
            return nil
        }
        let allowsPlainHTTP = Fields.plainHTTP.value(in: members)
        guard let text = value.string else {
            return CredentialSource.read(value, &fields).map {
                ReceiverAddress(.credential($0), allowsPlainHTTP: allowsPlainHTTP)
            }
        }
        guard mayBeText else {
            // The text is not repeated: it is a secret.
            fields.fault(
                value,
                "\"url\" of this type is a secret: name where it is with \"env\", \"file\" or \"command\""
            )
            return nil
        }
        let address = ReceiverAddress(.text(text), allowsPlainHTTP: allowsPlainHTTP)
        guard let fault = address.fault(in: text) else { return address }
        fields.fault(value, "\"url\" \(fault)")
        return nil
    }

    private static func mail(
        _ receiver: JSONValue,
        _ members: [String: JSONValue],
        _ fields: inout FieldReader
    ) -> MailSettings? {
        let recipients = FieldReader.texts(members["to"])
        guard let from = members["from"]?.string, !recipients.isEmpty else {
            let isFault = ["from", "to"].contains { receiver[$0] != nil && members[$0] == nil }
            if !isFault {
                fields.fault(receiver, "a receiver of type mail needs \"from\" and at least one address in \"to\"")
            }
            return nil
        }
        if recipients.count > mostRecipients, let value = members["to"] {
            fields.fault(value, "\"to\" has \(recipients.count) addresses, and at most \(mostRecipients) may be")
        }
        for (text, value) in recipients + (members["from"].map { [(text: from, value: $0)] } ?? [])
        where !MailFormat.isAddress(text) {
            fields.fault(value, "\"\(Excerpt.of(text))\" is not a plain mail address such as ops@example.com")
        }
        let program = members["program"]?.string ?? Fields.standardProgram
        if let value = members["program"], !program.hasPrefix("/") || program.contains("\0") {
            fields.fault(value, "\"program\" must be an absolute path")
        }
        return MailSettings(from: from, to: recipients.map(\.text), program: program)
    }
}
