using Naru.Traffic.Names;

namespace Naru.Traffic.Tests.Names;

public sealed class DnsWireTests
{
    [Fact]
    public void Question_Read_IsLowerCaseWithItsTypeAndPayload()
    {
        Assert.True(DnsQuestion.TryRead(Resolver.Question("WWW.Example.org", 28, edns: true), out var question));
        Assert.Equal(("www.example.org", 28, 1232), (question.Name, question.Type, question.PayloadSize));
        Assert.True(DnsQuestion.TryRead(Resolver.Question("a", 1), out question));
        Assert.Equal(0, question.PayloadSize);
    }

    [Fact]
    public void Question_EveryCutAndFlip_NeverThrows()
    {
        var whole = Resolver.Question("www.example.org", 1, edns: true);
        for (var length = 0; length < whole.Length; length++)
        {
            DnsQuestion.TryRead(whole.AsSpan(0, length), out _);
            DnsAnswer.WriteUnreadable(whole.AsSpan(0, length));
            DnsAnswer.Lifetime(whole.AsSpan(0, length));
        }

        var random = new Random(3);
        for (var round = 0; round < 20000; round++)
        {
            byte[] bent = [.. whole];
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bent[random.Next(bent.Length)] = (byte)random.Next(256);
            }

            if (DnsQuestion.TryRead(bent, out var question))
            {
                DnsAnswer.Write(question, 0, [[1, 2, 3, 4]], 10, overUdp: true, isAuthoritative: true);
                DnsAnswer.ReverseAddress(question.Name);
            }

            DnsAnswer.Lifetime(bent);
        }
    }

    [Fact]
    public void Answer_TooLongForUdp_IsCutAndSaysSo()
    {
        var many = Enumerable.Range(0, 60).Select(number => new byte[] { 10, 0, 0, (byte)number }).ToList();
        DnsQuestion.TryRead(Resolver.Question("web", 1), out var plain);
        var cut = DnsAnswer.Write(plain, 0, many, 10, overUdp: true, isAuthoritative: true);
        Assert.True(cut.Length <= 512);
        Assert.True(Resolver.Parse(cut).IsTruncated);
        DnsQuestion.TryRead(Resolver.Question("web", 1, edns: true), out var extended);
        var whole = Resolver.Parse(DnsAnswer.Write(extended, 0, many, 10, overUdp: true, isAuthoritative: true));
        Assert.False(whole.IsTruncated);
        Assert.Equal(60, whole.Data.Count);
        Assert.Equal(60, Resolver.Parse(DnsAnswer.Write(plain, 0, many, 10, overUdp: false, isAuthoritative: true)).Data.Count);
    }

    [Fact]
    public void Lifetime_IsTheLeastOfTheRecords()
    {
        byte[] answer = [.. Resolver.Question("web", 1), 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 20, 0, 4, 1, 2, 3, 5];
        (answer[2], answer[3], answer[7]) = (0x81, 0x80, 2);
        Assert.Equal(TimeSpan.FromSeconds(20), DnsAnswer.Lifetime(answer));
        answer[3] = 0x82;
        Assert.Null(DnsAnswer.Lifetime(answer));
        answer[3] = 0x80;
        answer[2] |= 2;
        Assert.Null(DnsAnswer.Lifetime(answer));
    }

    [Theory]
    [InlineData("4.3.2.10.in-addr.arpa", "10.2.3.4")]
    [InlineData("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", "fd00::1")]
    [InlineData("3.2.10.in-addr.arpa", null)]
    [InlineData("x.3.2.10.in-addr.arpa", null)]
    [InlineData("example.org", null)]
    public void ReverseAddress_OfNames_IsRead(string name, string? expected) => Assert.Equal(expected, DnsAnswer.ReverseAddress(name)?.ToString());

    [Fact]
    public void Cache_KeepsForTheLifetimeUnderTheAskersId()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var cache = new AnswerCache(clock);
        byte[] answer = [.. Resolver.Question("web", 1), 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 20, 0, 4, 1, 2, 3, 4];
        (answer[2], answer[3], answer[7]) = (0x81, 0x80, 1);
        var question = Resolver.Question("web", 1, id: 0x1234);
        var key = AnswerCache.Key(question, overUdp: true);
        cache.Keep(key, answer);
        Assert.Equal([0x12, 0x34], cache.Find(key, question)![..2]);
        clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Null(cache.Find(key, question));
    }
}
