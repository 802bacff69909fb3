import Testing

@testable import Imports

/// What `--map` says.
@Suite struct FieldMapTests {
    @Test func `maps every field of an event, each to its name`() throws {
        let text = FieldMap.fields.map { "\($0)=in.\($0)" }.joined(separator: ",")
        let map = try FieldMap(text)
        for field in FieldMap.fields { #expect(map[field] == "in.\(field)") }
        #expect(map.mapped.map(\.field) == FieldMap.fields.sorted())
        #expect(FieldMap().mapped.isEmpty && FieldMap()["id"] == nil)
    }

    @Test(arguments: [
        ("id=a=b", "id", "a=b"), ("id= a ", "id", " a "), ("customer_id=Kundé", "customer_id", "Kundé"),
        ("name==", "name", "="), ("source=source", "source", "source"), ("id=\u{0}", "id", "\u{0}"),
    ])
    func `takes all behind the first equals sign for the name`(text: String, field: String, name: String) throws {
        #expect(try FieldMap(text)[field] == name)
    }

    @Test(arguments: [
        ("id", #""id" is not of the form FIELD=NAME, such as customer_id=Account"#),
        ("", "\"\" is not of the form FIELD=NAME, such as customer_id=Account"),
        ("id=a,", "\"\" is not of the form FIELD=NAME, such as customer_id=Account"),
        (",id=a", "\"\" is not of the form FIELD=NAME, such as customer_id=Account"),
        ("id=,name=b", #""id=" is not of the form FIELD=NAME, such as customer_id=Account"#),
        ("id=a,id=a", #""id" is mapped twice"#),
        (
            "=a",
            #"there is no field ""; the fields are id, name, customer_id, subscription_id, timestamp, source, properties"#
        ),
        (
            "ID=a",
            #"there is no field "ID"; the fields are id, name, customer_id, subscription_id, timestamp, source, properties"#
        ),
        (
            " id=a",
            #"there is no field " id"; the fields are id, name, customer_id, subscription_id, timestamp, source, properties"#
        ),
    ])
    func `says what is wrong with a map`(text: String, message: String) {
        let fault = #expect(throws: FieldMap.Fault.self) { try FieldMap(text) }
        #expect(fault?.description == message)
    }
}
