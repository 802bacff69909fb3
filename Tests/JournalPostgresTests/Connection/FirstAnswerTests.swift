import Testing

@testable import JournalPostgres

@Suite struct FirstAnswerTests {
    @Test func `keeps an answer for a caller who waits later`() async {
        let answer = FirstAnswer<Int>()
        #expect(!answer.isGiven)
        answer.give(1)
        answer.give(2)
        #expect(answer.isGiven)
        #expect(await answer.wait() == 1)
        #expect(answer.isGiven)
    }

    @Test func `gives one of several answers, whether the caller waits already or not`() async {
        for _ in 0..<200 {
            let answer = FirstAnswer<Int>()
            async let waiting = answer.wait()
            await withTaskGroup { group in
                for number in 1...4 { group.addTask { answer.give(number) } }
            }
            #expect((1...4).contains(await waiting))
            answer.give(5)
            #expect(answer.isGiven)
        }
    }
}
