import Events
import TestSupport
import Testing

@Suite struct EventTemplateTests {
    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("{id}", "evt-1"), ("sub_{customer_id}", "sub_customer456"),
        ("{name}{source}", "api_requestapi"),
        ("{subscription_id}é{id}ü", "sub_1éevt-1ü"), ("}{id}}", "}evt-1}"),
        ("e\u{301}{id}\u{301}", "e\u{301}evt-1\u{301}"),
    ])
    func `puts the event's fields in their places`(template: String, text: String) throws {
        let template = EventTemplate(template)
        #expect(template.isBalanced && template.unknownFields.isEmpty)
        #expect(try template.text(for: SampleEvent.accepted()).utf8.elementsEqual(text.utf8))
    }

    @Test(arguments: [
        ("{", [], false), ("a{id", [], false), ("{id}{", [], false), ("{}", [""], true), ("{ID}", ["ID"], true),
        ("{{id}}", ["{id"], true), ("{timestamp}{x}", ["timestamp", "x"], true), ("{id }{", ["id "], false),
    ])
    func `tells what is no field, and a brace that is not closed`(template: String, unknown: [String], isBalanced: Bool)
    {
        let template = EventTemplate(template)
        #expect(template.unknownFields == unknown)
        #expect(template.isBalanced == isBalanced)
    }

    @Test(arguments: ["customer_id", "subscription_id", "source"])
    func `names the field that an event does not have`(field: String) {
        let event = SampleEvent.accepted(customer: nil, subscription: nil, source: nil)
        do throws(Untranslatable) {
            _ = try EventTemplate("x{id}_{\(field)}").text(for: event)
            Issue.record("no fault")
        } catch {
            #expect(error.field == field)
        }
    }

    /// A value with braces is a value: nothing in it is a place.
    @Test func `puts nothing into what it has put in`() throws {
        let event = SampleEvent.accepted(id: "{name}", customer: "{id}")
        #expect(try EventTemplate("{id}{customer_id}").text(for: event) == "{name}{id}")
    }
}
