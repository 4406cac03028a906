"""Paragraphs that the service can read, that it cannot, and that tell of nothing; written for tests, learned from by
nothing."""

from collections.abc import Mapping

UNREADABLE: Mapping[str, tuple[str, ...]] = {
    "Polish": (
        "Kierowniczka magazynu od stycznia prowadzi dwudziestoosobowy zespół i wszystko robi sama. Wieczorami "
        "poprawia cudze zestawienia, a rano nikt nie wie dlaczego. Szukamy kogoś, kto pomoże jej oddać część "
        "zadań.",
        "Nasz dyrektor handlowy unika trudnych rozmów. Dwóch sprzedawców od roku nie realizuje planu, a on za "
        "każdym razem odkłada spotkanie na następny tydzień.",
        "Po fuzji dwóch oddziałów brygadzista ma pod sobą ludzi, którzy się nie znają i sobie nie ufają. "
        "Zebrania kończą się kłótnią o grafik, a najlepszy spawacz właśnie złożył wypowiedzenie.",
        "Lekarka naczelna śpi po cztery godziny, odbiera telefon w niedzielę i zapomina o własnych urodzinach.",
        "Młody kierownik budowy awansował nad dawnych kolegów i boi się wydać im polecenie.",
    ),
    "Finnish": (
        "Uusi osastonhoitaja tekee edelleen puolet entisestä työstään itse. Hän korjaa muiden raportit "
        "iltaisin eikä kerro kenellekään, mikä niissä oli vialla.",
        "Tehtaanjohtajamme on pidetty mies, mutta päätökset viipyvät. Viime keväänä kilpailija ehti ensin, "
        "koska hän halusi vielä yhden selvityksen.",
        "Myyntipäällikkö ei uskalla puhua johtoryhmässä. Kun häneltä kysytään, hän katsoo pöytään ja vastaa lyhyesti.",
        "Kaksi tiimiä riitelee vuorolistoista, ja heidän esimiehensä vetäytyy huoneeseensa aina kun ääni nousee.",
        "Hän nukkuu huonosti, vastaa viesteihin öisin ja on unohtanut, milloin viimeksi piti lomaa.",
    ),
    "Swedish": (
        "Hon tog över avdelningen i våras och gör fortfarande hälften av arbetet själv. På kvällarna rättar "
        "hon det som andra har lämnat in och säger aldrig vad som var fel.",
        "Vår försäljningschef undviker samtal som kan bli obehagliga. Två säljare har inte nått sina mål på "
        "ett år, och varje måndag skjuter han upp mötet en vecka till.",
        "Efter sammanslagningen leder hon människor i fyra städer som aldrig har träffats. Ingen vågar säga "
        "emot i telefonmötena, och de bästa börjar söka sig bort.",
        "Han sover dåligt, svarar på meddelanden mitt i natten och har inte tagit semester på två år.",
        "Byggledaren blev chef över sina gamla kamrater och vågar inte längre ge dem en uppgift.",
    ),
    "Turkish": (
        "Depo müdürü ekibin başına geçeli altı ay oldu ama işin yarısını hâlâ kendisi yapıyor. Akşamları "
        "başkalarının tablolarını düzeltiyor ve neyin yanlış olduğunu kimseye söylemiyor.",
        "Satış müdürümüz zor konuşmalardan kaçıyor. İki satıcı bir yıldır hedefini tutturamadı, o ise "
        "görüşmeyi her hafta erteliyor.",
        "Birleşmeden sonra dört şehirde birbirini tanımayan insanları yönetiyor. Toplantılarda kimse itiraz "
        "etmiyor, en iyi mühendisler ayrılmaya başladı.",
        "Geceleri uyuyamıyor, pazar günü bile telefona cevap veriyor ve en son ne zaman tatile çıktığını hatırlamıyor.",
        "Genç şantiye şefi eski arkadaşlarının amiri oldu ve onlara görev vermekten çekiniyor.",
    ),
    "Portuguese": (
        "A nova chefe do armazém continua a fazer metade do trabalho sozinha. À noite corrige as tabelas dos "
        "outros e ninguém sabe o que estava errado.",
        "O nosso diretor comercial foge das conversas difíceis. Há um ano que dois vendedores não atingem os "
        "objetivos, e todas as semanas ele adia a reunião.",
        "Depois da fusão, dirige pessoas em quatro cidades que nunca se encontraram. Nas reuniões ninguém se "
        "atreve a discordar, e os melhores engenheiros começaram a sair.",
        "Dorme mal, responde a mensagens de madrugada e já não se lembra das últimas férias que tirou.",
        "O jovem encarregado da obra passou a mandar nos antigos colegas e não consegue dar-lhes uma tarefa.",
        "Procuramos alguém que faça perguntas em vez de dar conselhos, de preferência uma pessoa que já tenha "
        "gerido um hospital ou uma escola.",
    ),
    "Hungarian": (
        "Az új raktárvezető még mindig maga végzi a munka felét. Esténként kijavítja a többiek táblázatait, "
        "és senkinek sem mondja el, mi volt a hiba.",
        "Kereskedelmi igazgatónk kerüli a nehéz beszélgetéseket. Két értékesítő egy éve nem teljesíti a "
        "tervet, ő pedig hétről hétre elhalasztja a megbeszélést.",
        "Az összevonás után négy városban vezet olyan embereket, akik sohasem találkoztak. Az értekezleteken "
        "senki sem mer ellentmondani.",
        "Rosszul alszik, éjszaka is válaszol az üzenetekre, és nem emlékszik, mikor volt utoljára szabadságon.",
        "A fiatal építésvezető a régi társai főnöke lett, és nem mer nekik feladatot adni.",
    ),
    "Japanese": (
        "彼女は春に課を引き継ぎましたが、今でも仕事の半分を自分でしています。夜になると部下の資料を直し、何が悪かったのかを誰にも言いません。",
        "営業部長は難しい話し合いを避けています。二人の担当者は一年間目標に届かず、面談は毎週延期されています。",
        "合併の後、会ったことのない四つの都市の人々を率いています。会議では誰も反対せず、優秀な技術者から辞めていきます。",
        "夜中にも返信し、よく眠れず、最後に休みを取ったのがいつか思い出せません。",
        "若い現場監督は昔の仲間の上司になり、仕事を頼むことができません。",
    ),
}
"""Needs in languages that nothing was learned from."""

READABLE: Mapping[str, tuple[str, ...]] = {
    "English": (
        "She took over the warehouse in spring and still does half of the work herself. In the evenings she "
        "corrects what others hand in and tells nobody what was wrong.",
        "Our sales director runs from difficult conversations. Two of his people have missed their targets "
        "for a year, and every Monday he puts the meeting off again.",
        "Since the merger she leads people in four cities who have never met. No lecturing, please.",
        "Sleeps badly, answers mail at night, cannot recall her last holiday.",
    ),
    "German": (
        "Die neue Lagerleiterin macht noch immer die Hälfte der Arbeit selbst. Abends verbessert sie die "
        "Tabellen der anderen und sagt niemandem, was daran falsch war.",
        "Unser Vertriebsleiter geht schwierigen Gesprächen aus dem Weg. Zwei Verkäufer haben seit einem Jahr "
        "ihre Ziele verfehlt, und jede Woche verschiebt er den Termin.",
        "Seit der Fusion führt sie Menschen in vier Städten, die sich nie begegnet sind. Bitte niemand, der belehrt.",
        "Schläft schlecht, beantwortet nachts E-Mails und weiß nicht mehr, wann der letzte Urlaub war.",
    ),
    "French": (
        "La nouvelle responsable de l'entrepôt fait encore la moitié du travail elle-même. Le soir, elle "
        "corrige les tableaux des autres sans dire à personne ce qui n'allait pas.",
        "Notre directeur commercial fuit les conversations difficiles. Deux vendeurs n'atteignent pas leurs "
        "objectifs depuis un an, et chaque semaine il reporte la réunion.",
        "Depuis la fusion, elle dirige des gens dans quatre villes qui ne se sont jamais vus. Surtout pas de leçons.",
        "Il dort mal, répond aux messages la nuit et ne sait plus quand il a pris ses dernières vacances.",
    ),
    "Spanish": (
        "La nueva jefa del almacén sigue haciendo ella misma la mitad del trabajo. Por la noche corrige las "
        "tablas de los demás y no le dice a nadie qué estaba mal.",
        "Nuestro director comercial huye de las conversaciones difíciles. Dos vendedores llevan un año sin "
        "llegar a sus objetivos y cada semana aplaza la reunión.",
        "Desde la fusión dirige a personas de cuatro ciudades que nunca se han visto. Que no dé lecciones, por favor.",
        "Duerme mal, contesta mensajes de madrugada y ya no recuerda sus últimas vacaciones.",
    ),
    "Dutch": (
        "De nieuwe magazijnchef doet nog steeds de helft van het werk zelf. 's Avonds verbetert ze de "
        "tabellen van anderen en ze zegt niemand wat er mis was.",
        "Onze verkoopdirecteur gaat moeilijke gesprekken uit de weg. Twee verkopers halen al een jaar hun "
        "doelen niet, en elke week stelt hij de afspraak uit.",
        "Sinds de fusie leidt ze mensen in vier steden die elkaar nooit hebben gezien. Graag niemand die preekt.",
        "Slaapt slecht, beantwoordt 's nachts berichten en weet niet meer wanneer de laatste vakantie was.",
    ),
    "Italian": (
        "La nuova responsabile del magazzino fa ancora metà del lavoro da sola. La sera corregge le tabelle "
        "degli altri e non dice a nessuno che cosa non andava.",
        "Il nostro direttore commerciale evita le conversazioni difficili. Due venditori da un anno non "
        "raggiungono gli obiettivi, e ogni settimana lui rimanda la riunione.",
        "Dopo la fusione guida persone in quattro città che non si sono mai viste. Niente lezioni, per favore.",
        "Dorme male, risponde ai messaggi di notte e non ricorda più quando ha fatto le ultime vacanze.",
    ),
}
"""Needs in the languages that texts were learned from."""

BOILERPLATE: tuple[str, ...] = (
    "Founded in 1921, we are a leading supplier of industrial fasteners with sites in eleven countries and a "
    "turnover of 340 million euros.",
    "Our headquarters are in Rotterdam. The group employs 4,200 people and has been listed since 1998.",
    "We offer free parking, a canteen, and an office two minutes from the railway station.",
    "The company was certified to ISO 9001 in 2004. Its products are sold in pharmacies and online.",
    "Please send offers as one PDF file to the purchasing department by the end of the month. Invoices are "
    "paid within thirty days.",
    "This message and any attachment are confidential and intended for the addressee only.",
    "The plant makes packaging film on three lines and runs around the clock from Monday to Saturday.",
    "We are an equal opportunity employer and part of a family-owned holding based in Antwerp.",
    "Our portfolio includes pumps, valves and seals for the food industry. A new hall was opened last autumn.",
    "The annual report can be found on our website. Figures are in thousands of dollars.",
    "Sessions can take place in our offices on the fourth floor, where a meeting room with a screen is available.",
    "The hotel has 210 rooms, two restaurants and a view over the harbour.",
    "Wir sind ein mittelständisches Unternehmen mit Sitz in Ulm und liefern Dichtungen in vierzig Länder.",
    "Notre siège se trouve à Lyon ; le groupe compte onze filiales et vend ses machines dans le monde entier.",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.",
    "Test. Please ignore this entry, it was made to try the form out.",
)
"""Texts about a company or a form that tell of no trouble of a manager."""
