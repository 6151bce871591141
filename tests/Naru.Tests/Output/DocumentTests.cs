using System.Text.Json.Nodes;
using Naru.Output;

namespace Naru.Tests.Output;

public sealed class DocumentTests
{
    private static readonly JsonObject Sample = new()
    {
        ["name"] = "web",
        ["version"] = "0.1.0",
        ["running"] = true,
        ["word"] = "true",
        ["count"] = 3,
        ["nothing"] = null,
        ["list"] = new JsonArray("a", "b"),
        ["empty"] = new JsonArray(),
        ["map"] = new JsonObject { ["x"] = 1 },
    };

    [Fact]
    public void Yaml_TextThatLooksLikeSomethingElse_IsQuoted()
    {
        var yaml = Document.Render(OutputFormat.Yaml, Sample).ReplaceLineEndings("\n");

        Assert.Contains("name: web\n", yaml, StringComparison.Ordinal);
        Assert.Contains("version: \"0.1.0\"\n", yaml, StringComparison.Ordinal);
        Assert.Contains("running: true\n", yaml, StringComparison.Ordinal);
        Assert.Contains("word: \"true\"\n", yaml, StringComparison.Ordinal);
        Assert.Contains("count: 3\n", yaml, StringComparison.Ordinal);
        Assert.Contains("nothing: null\n", yaml, StringComparison.Ordinal);
        Assert.Contains("- a\n", yaml, StringComparison.Ordinal);
        Assert.Contains("empty: []\n", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_IsTheSameTree() => Assert.True(JsonNode.DeepEquals(Sample, JsonNode.Parse(Document.Render(OutputFormat.Json, Sample))));
}
