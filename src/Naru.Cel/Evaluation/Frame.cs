using Naru.Cel.Runtime;

namespace Naru.Cel.Evaluation;

/// <summary>One evaluation as it runs.</summary>
internal sealed record Frame(IReadOnlyDictionary<string, object> Variables, object[] Slots, CostMeter Cost);

/// <summary>A piece of a planned expression: gives a value or a <see cref="CelError"/>.</summary>
internal delegate object Step(Frame frame);
