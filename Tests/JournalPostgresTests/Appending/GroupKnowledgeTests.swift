import Testing

@testable import JournalPostgres

@Suite struct GroupKnowledgeTests {
    @Test func `asks again once a part is closed, and keeps the numbers that were given`() {
        var knowledge = GroupKnowledge()
        knowledge.keep(whileClosed: [1])
        knowledge.taken = [5: [GroupDecision.Taken(sequence: 7, event: nil, blocks: true)]]
        (knowledge.asked, knowledge.given) = ([5, 6], [9])
        knowledge.keep(whileClosed: [1])
        #expect(knowledge.asked == [5, 6])
        #expect(knowledge.taken[5]?.map(\.sequence) == [7])
        knowledge.keep(whileClosed: [1, 2])
        #expect(knowledge.asked.isEmpty)
        #expect(knowledge.taken.isEmpty)
        #expect(knowledge.given == [9])
    }

    @Test func `asks again after it was told to forget, whatever the parts`() {
        var knowledge = GroupKnowledge()
        knowledge.keep(whileClosed: [])
        (knowledge.asked, knowledge.given) = ([5], [9])
        knowledge.forget()
        knowledge.keep(whileClosed: [])
        #expect(knowledge.asked.isEmpty)
        #expect(knowledge.given == [9])
    }
}
