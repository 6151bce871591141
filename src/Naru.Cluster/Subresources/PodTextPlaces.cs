using System.Text.Json;

namespace Naru.Cluster.Subresources;

/// <summary>Where in a waiting pod's text stands what a binding changes. Offsets in bytes.</summary>
/// <remarks>The core wrote the text: compact, with no field that pods do not have. In such a text a quoted name with a colon is a field, for quotes in texts are escaped, and no field under a pod's
/// spec or status is called <c>status</c> and an object; so the spec is found by what follows it, and only the status, which is short while a pod waits, is read field by field.</remarks>
internal ref struct PodTextPlaces
{
    private Utf8JsonReader _reader;
    private int _offset;

    /// <summary>Value of metadata.generation; empty if there is none.</summary>
    public (int From, int To) Generation { get; private set; }

    /// <summary>The bracket that closes the spec.</summary>
    public int SpecEnd { get; private set; }

    /// <summary>Where the condition goes: before the bracket that closes the conditions, or, if there are none, the status.</summary>
    public int Told { get; private set; }

    /// <summary>There is a list of conditions.</summary>
    public bool HasConditions { get; private set; }

    /// <summary>No other condition stands beside the one of this type.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>The condition PodScheduled that stands, with the comma that goes with it; empty, and at <see cref="Told"/>, if there is none.</summary>
    public (int From, int To) Scheduled { get; private set; }

    private int At => _offset + (int)_reader.TokenStartIndex;

    private int After => _offset + (int)_reader.BytesConsumed;

    /// <summary>Finds them. False if the pod is ending, gated, placed or of another form than the core writes.</summary>
    public static bool TryFind(ReadOnlySpan<byte> text, out PodTextPlaces places)
    {
        places = default;
        var status = text.LastIndexOf(",\"status\":{"u8);
        var spec = text.IndexOf(",\"spec\":{"u8);
        return spec > 0 && status > spec + ",\"spec\":{}"u8.Length && text[status - 1] == (byte)'}'
            && text.IndexOf("\"nodeName\":"u8) < 0 && text.IndexOf("\"schedulingGates\":"u8) < 0 && text.IndexOf("\"deletionTimestamp\":"u8) < 0
            && places.Read(text, status);
    }

    private bool Read(ReadOnlySpan<byte> text, int status)
    {
        SpecEnd = status - 1;
        if (text.IndexOf("\"generation\":"u8) is var generation and > 0 && generation < status)
        {
            var from = generation + "\"generation\":"u8.Length;
            var digits = text[from..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            Generation = (from, from + digits);
        }

        _offset = status + ",\"status\":"u8.Length;
        _reader = new Utf8JsonReader(text[_offset..^1]);
        return text[^1] == (byte)'}' && ReadStatus() && After == text.Length - 1;
    }

    private bool ReadStatus()
    {
        var fields = 0;
        _reader.Read();
        while (NextField())
        {
            fields++;
            if (!_reader.ValueTextEquals("conditions"u8))
            {
                _reader.Skip();
            }
            else if (!ReadConditions())
            {
                return false;
            }
        }

        if (!HasConditions)
        {
            Told = At;
            Scheduled = (Told, Told);
        }

        return fields > 0;
    }

    private bool ReadConditions()
    {
        var (before, after, found) = (0, 0, false);
        _reader.Read();
        HasConditions = _reader.TokenType == JsonTokenType.StartArray;
        while (HasConditions && _reader.Read() && _reader.TokenType == JsonTokenType.StartObject)
        {
            var from = At;
            if (!IsScheduled())
            {
                (before, after) = found ? (before, after + 1) : (before + 1, after);
                continue;
            }

            if (found)
            {
                return false;
            }

            found = true;
            Scheduled = (from, After);
        }

        Told = At;
        IsAlone = before + after == 0;

        // With the comma before it, or, if it is the first, the one behind it.
        Scheduled = !found ? (Told, Told) : before > 0 ? (Scheduled.From - 1, Scheduled.To) : after > 0 ? (Scheduled.From, Scheduled.To + 1) : Scheduled;
        return HasConditions;
    }

    private bool IsScheduled()
    {
        var scheduled = false;
        while (NextField())
        {
            if (_reader.ValueTextEquals("type"u8))
            {
                _reader.Read();
                scheduled = _reader.ValueTextEquals("PodScheduled"u8);
            }
            else
            {
                _reader.Skip();
            }
        }

        return scheduled;
    }

    private bool NextField() => _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;
}
